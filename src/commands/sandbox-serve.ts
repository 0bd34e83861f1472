import { readFileSync } from 'node:fs'
import { DEFAULT_TIMINGS, FAST_TIMINGS, type SandboxTimings } from '../telephony/sandbox/lifecycle.ts'
import type { Misbehaviour } from '../telephony/sandbox/misbehaviour.ts'
import { readSwitches, verifyMisbehaviour } from '../telephony/sandbox/read-misbehaviour.ts'
import type { LedgerEvent } from '../telephony/sandbox/ledger.ts'
import { startSandbox } from '../telephony/sandbox/start-sandbox.ts'
import type { Context } from '../context.ts'
import { VacliError } from '../errors.ts'
import { istSeconds, maskPhone } from '../ui/format.ts'
import { wholeNumber } from './filters.ts'
import { answerAddress, readAddress, type ServeFlags, untilStopped } from './serve.ts'

export interface SandboxFlags extends ServeFlags {
  fast?: boolean
  ringMs?: string
  talkMs?: string
  latencyMs?: string
  billingMs?: string
  retryAfter?: string
  ratePerMinute?: string
  ringing?: boolean
  fourFields?: boolean
  fault?: string[]
  misbehave?: string
  seed?: string
  ledger?: string
}

/** Stands in for Exotel on this machine until it is stopped. */
export async function runSandboxServe(context: Context, flags: SandboxFlags): Promise<number> {
  const { io, config, now } = context
  if (config.mode !== 'sandbox')
    throw new VacliError('setup', 'the simulator belongs to sandbox mode', { hint: 'VACLI_MODE=sandbox vacli sandbox serve' })
  const misbehave = readMisbehaviour(flags)
  const sandbox = await startSandbox({
    ...readAddress(flags, { port: 8786, host: '127.0.0.1' }),
    account: config.exotel,
    clock: now,
    timings: readTimings(flags),
    ringingEvent: flags.ringing,
    fourFieldCallbacks: flags.fourFields,
    ratePerMinute: wholeNumber(flags.ratePerMinute, '--rate-per-minute', 1),
    retryAfterS: wholeNumber(flags.retryAfter, '--retry-after'),
    ...(misbehave ? { misbehave } : {}),
    ...(flags.ledger ? { ledgerFile: flags.ledger } : {}),
    onEvent(event) {
      if (!context.flags.quiet && event.event !== 'start')
        io.err(`${istSeconds(now())}  ${tellEvent(event)}\n`)
    },
  })
  context.onClose(() => sandbox.close())
  if (misbehave)
    io.err(`misbehaves; the same again with --seed ${sandbox.seed}\n`)
  answerAddress(context, 'sandbox on', sandbox.url)
  io.err(`use it: export VACLI_EXOTEL_BASE_URL=${sandbox.url}\nits ledger: ${sandbox.url}/ledger\n`)
  await untilStopped(context)
  return 0
}

function tellEvent(event: Exclude<LedgerEvent, { event: 'start' }>): string {
  if (event.event === 'foreign')
    return `foreign ${event.direction} ${maskPhone(event.from)}`
  if (event.event === 'callback')
    return `callback ${event.event_type} ${event.http_status ?? event.error ?? ''}`
  return `connect ${maskPhone(event.from ?? '')} ${event.http_status ?? 'unanswered'} ${event.fate ?? ''} ${event.fault ?? ''}`.trimEnd()
}

function readMisbehaviour({ fault = [], misbehave: path, seed: seedFlag }: SandboxFlags): Misbehaviour | undefined {
  const seed = wholeNumber(seedFlag, '--seed')
  if (fault.length === 0 && path === undefined && seed === undefined)
    return undefined
  return { ...readSwitches(fault, path === undefined ? {} : readOptionsFile(path)), ...(seed !== undefined && { seed }) }
}

function readOptionsFile(path: string): Misbehaviour {
  try {
    return verifyMisbehaviour(JSON.parse(readFileSync(path, 'utf8')))
  }
  catch (cause) {
    if (cause instanceof VacliError)
      throw cause
    throw new VacliError('invalid', `${path} cannot be read as JSON`, { hint: 'vacli sandbox serve --help', cause })
  }
}

function readTimings(flags: SandboxFlags): SandboxTimings {
  const base = flags.fast ? FAST_TIMINGS : DEFAULT_TIMINGS
  return {
    ...base,
    ringMs: wholeNumber(flags.ringMs, '--ring-ms') ?? base.ringMs,
    talkMs: wholeNumber(flags.talkMs, '--talk-ms') ?? base.talkMs,
    answerLatencyMs: wholeNumber(flags.latencyMs, '--latency-ms') ?? base.answerLatencyMs,
    billingLagMs: wholeNumber(flags.billingMs, '--billing-ms') ?? base.billingLagMs,
  }
}
