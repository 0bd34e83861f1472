import * as z from 'zod'
import { VacliError } from '../../errors.ts'
import { findFault, SWITCHES } from './faults.ts'
import { NUMBER_SPELLINGS, type Misbehaviour } from './misbehaviour.ts'

const probability = z.number().min(0).max(1)
const count = z.int().min(0)
const span = z.union([z.number().min(0), z.tuple([z.number().min(0), z.number().min(0)]).refine(([min, max]) => min <= max)])

const misbehaviourSchema = z.strictObject({
  seed: z.int().min(0).optional(),
  answers: z.record(z.string(), probability)
    .refine(answers => Object.keys(answers).every(findFault), { error: ({ input }) => `no answer goes wrong by the name ${Object.keys(input as object).find(name => !findFault(name))}` })
    .refine(answers => Object.values(answers).reduce((sum, each) => sum + each, 0) <= 1 + Number.EPSILON * 8, 'the probabilities come to more than 1')
    .optional(),
  latencyMs: span.optional(),
  retryAfter: z.union([count, z.enum(['date', 'absent', 'absurd'])]).optional(),
  canceled: probability.optional(),
  reads: z.strictObject({ errors: probability, lagMs: count, omitOngoing: z.boolean(), offsets: z.boolean(), repeat: count, skip: count }).partial().optional(),
  shown: z.strictObject({ numbers: z.enum(NUMBER_SPELLINGS), zoneMinutes: z.int(), customField: z.boolean() }).partial().optional(),
  callbacks: z.strictObject({
    copies: z.int().min(1), loss: probability, delayMs: span, retries: z.literal([0, 1, 2]), reorder: probability, beforeAnswer: probability,
    twoAnswered: probability, unknownStatus: probability, unknownEvent: probability, otherEnd: probability, missing: probability, nullText: probability,
    british: z.boolean(), fourFields: z.boolean(), legs: z.enum(['array', 'object']), encoding: z.enum(['asked', 'json', 'multipart', 'urlencoded']),
  }).partial().optional(),
})

/** Throws `invalid` with the first thing that is wrong with it. */
export function verifyMisbehaviour(value: unknown): Misbehaviour {
  const { data, error } = misbehaviourSchema.safeParse(value)
  if (data)
    return data as Misbehaviour
  const { path, message } = error!.issues[0]!
  throw new VacliError('invalid', `the sandbox cannot misbehave so: ${[path.join('.'), message].filter(Boolean).join(': ')}`, { hint: 'vacli sandbox serve --help' })
}

/** Options from `name=value` pairs: an answer with its probability, or a switch. A bare name is always, or yes. */
export function readSwitches(pairs: string[], base: Misbehaviour = {}): Misbehaviour {
  const tree = structuredClone(base) as Record<string, unknown>
  for (const pair of pairs) {
    const [, name, value] = /^([^=]+)(?:=(.*))?$/.exec(pair) ?? []
    if (name !== undefined && findFault(name))
      set(tree, ['answers', name], Number(value ?? 1))
    else if (name !== undefined && Object.hasOwn(SWITCHES, name))
      set(tree, SWITCHES[name as keyof typeof SWITCHES].path, readValue(name as keyof typeof SWITCHES, value))
    else
      throw new VacliError('invalid', `the sandbox has no fault '${pair}'`, { hint: 'vacli sandbox serve --help' })
  }
  return verifyMisbehaviour(tree)
}

function readValue(name: keyof typeof SWITCHES, value: string | undefined): unknown {
  const { takes } = SWITCHES[name]
  if (takes === 'yes')
    return value === undefined || value === 'yes'
  if (takes === 'probability')
    return Number(value ?? 1)
  if (value === undefined || value === '')
    throw new VacliError('invalid', `the fault '${name}' takes a value: ${SWITCHES[name].description}`, { hint: `--fault ${name}=…` })
  const [, min, max] = /^(-?\d+)(?:-(\d+))?$/.exec(value) ?? []
  if (takes === 'span' && max !== undefined)
    return [Number(min), Number(max)]
  return min !== undefined && max === undefined ? Number(min) : value
}

function set(tree: Record<string, unknown>, [first, ...rest]: readonly string[], value: unknown) {
  if (rest.length === 0)
    tree[first!] = value
  else
    set((tree[first!] ??= {}) as Record<string, unknown>, rest, value)
}
