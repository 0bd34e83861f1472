import type { Chance } from './chance.ts'
import { ANSWER_FAULTS, findFault, type FaultName } from './faults.ts'
import type { Behaviour, Misbehaviour, Script, ScriptedRequest } from './misbehaviour.ts'

export interface Whims { misbehave: Misbehaviour, chance: Chance, script?: Script }

/** What the test says of this POST, and the seed of the rest; a scripted answer is never drawn. */
export function chooseBehaviour({ misbehave, chance }: Whims, request: ScriptedRequest, scripted?: Behaviour): Behaviour {
  const drawn = drawBehaviour(misbehave, chance, request)
  if (!scripted)
    return drawn
  const isPlaced = scripted.answer ? ANSWER_FAULTS[scripted.answer].isPlaced : true
  return { ...drawn, answer: undefined, isPlaced, ...scripted }
}

function drawBehaviour(misbehave: Misbehaviour, chance: Chance, { phone, nthToPhone }: ScriptedRequest): Behaviour {
  const { answers = {}, latencyMs, canceled, callbacks } = misbehave
  const fault = drawFault(answers, chance.draw('answer', phone, nthToPhone))
  return {
    ...(fault && findFault(fault)),
    ...(latencyMs !== undefined && { latencyMs: chance.within(latencyMs, 'latency', phone, nthToPhone) }),
    ...(chance.happens(canceled, 'canceled', phone, nthToPhone) && { endsAs: 'canceled' as const }),
    ...(callbacks && { callbacks }),
  }
}

function drawFault(answers: NonNullable<Misbehaviour['answers']>, draw: number): FaultName | undefined {
  let upTo = 0
  return (Object.entries(answers) as [FaultName, number][]).find(([, probability]) => draw < (upTo += probability))?.[0]
}
