import { randomUUID } from 'node:crypto'
import { reconcile, type ReconcileTerms } from '../../src/app/reconcile.ts'
import type { CallStatus } from '../../src/domain/call.ts'
import type { Behaviour } from '../../src/telephony/sandbox/misbehaviour.ts'
import type { SandboxTimings } from '../../src/telephony/sandbox/lifecycle.ts'
import type { SandboxOptions } from '../../src/telephony/sandbox/start-sandbox.ts'
import { NOW, startCall } from '../db/borrowers.ts'
import { EXOPHONE } from '../telephony/sandbox/sandbox-harness.ts'
import { borrowers, openExchange, openStage, portsOf, type Stage } from './call-stage.ts'

/** As long as a real call: ringing, talking, billed two minutes later. */
export const REAL: SandboxTimings = { answerLatencyMs: 0, ringMs: 8_000, talkMs: 40_000, billingLagMs: 120_000, callbackRetryMs: 5 }
export const TERMS: ReconcileTerms = { pollAfterMs: 60_000, readEveryMs: 0, callerId: EXOPHONE, httpTimeoutMs: 65_000 }
/** From the request until the fate of a call is certain to be known. */
export const SETTLE_MS = 845_000

export type ReconcileStage = Awaited<ReturnType<typeof openReconcileStage>>

/** A simulator on the clock of a database with so many borrowers, and calls whose answers go as the test says. */
export async function openReconcileStage(count = 1, options: Partial<SandboxOptions> = {}, digits = '0011') {
  const stage = await openStage(borrowers(count, digits))
  let behaviour: Behaviour | undefined
  const { sandbox, telephony } = await openExchange(stage, { timings: REAL, ratePerMinute: Number.POSITIVE_INFINITY, script: () => behaviour, ...options })
  const ports = portsOf(stage, telephony)

  return {
    ...stage, sandbox, telephony, ports,
    phoneOf: (at = 0) => stage.look<{ primary_phone: string }>('select primary_phone from customers order by id')[at]!.primary_phone,
    /** Sends the one request of a call as a run does, and saves what its answer proved. */
    async dial(answer: Behaviour = {}, at = 0): Promise<number> {
      behaviour = answer
      const reference = randomUUID().replaceAll('-', '')
      const id = await startCall(stage.store, stage.customerIds[at]!, { now: stage.clock.now, reference, settleAt: new Date(stage.clock.now.getTime() + SETTLE_MS) })
      const call = (await stage.store.findCallById(id))!
      const outcome = await telephony.connect({ reference, to: call.toNumber, callbackUrl: null })
      behaviour = undefined
      const status: CallStatus = outcome.kind === 'accepted' ? 'initiated' : outcome.kind
      await stage.store.moveCalls([{ id, status, told: status, source: 'vacli', at: stage.clock.now, fields: { callSid: outcome.kind === 'accepted' ? outcome.sid : null } }])
      return id
    },
    pass(ms: number) {
      stage.clock.now = new Date(stage.clock.now.getTime() + ms)
    },
    /** To so long after the calls of the start must have ended. */
    passSettle(ms = 0) {
      stage.clock.now = new Date(NOW.getTime() + SETTLE_MS + ms)
    },
    reconcile: (terms: Partial<ReconcileTerms> = {}) => reconcile(ports, { ...TERMS, ...terms }),
    call: async (id: number) => (await stage.store.findCallById(id))!,
  }
}

export const lastOf = async (stage: Pick<Stage, 'store'>, id: number) => (await stage.store.findTimeline(id)).at(-1)!
