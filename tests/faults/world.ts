import { createEventKeeper } from '../../src/app/keep-events.ts'
import { placeCalls, type RunLimits, type RunPorts } from '../../src/app/place-calls.ts'
import { reconcile } from '../../src/app/reconcile.ts'
import { drainInbox } from '../../src/app/record-webhook.ts'
import { readOutcome, saveSpooledOutcomes } from '../../src/app/replay-outcomes.ts'
import type { RunResult } from '../../src/app/run-result.ts'
import { sweep } from '../../src/app/sweep.ts'
import type { Store } from '../../src/db/store.ts'
import { CALL_RANKS } from '../../src/domain/call.ts'
import { VacliError } from '../../src/errors.ts'
import { parseCallback } from '../../src/telephony/callback.ts'
import type { ExotelSettings } from '../../src/telephony/exotel.ts'
import type { AcceptedConnect, ConnectEvent } from '../../src/telephony/sandbox/ledger.ts'
import { LETTER_TYPE, lettersOf, type Letter } from './postman.ts'
import { openStage, portsOf, type Stage, TERMS as STAGE_TERMS, UNPACED } from '../app/call-stage.ts'
import { REAL, SETTLE_MS, TERMS as RECONCILE_TERMS } from '../app/reconcile-stage.ts'
import type { Row } from '../db/borrowers.ts'
import { clientAt } from '../telephony/exotel-client.ts'
import { ACCOUNT, EXOPHONE, openSandbox } from '../telephony/sandbox/sandbox-harness.ts'
import { beginLife, dyingAt, type Life, type Step } from './mortal.ts'
import { brokenRules, type Evidence, type GivenUp, type SessionRow, unsettled } from './rules.ts'
import { openWire } from './wire.ts'

export { SETTLE_MS }
/** Terms under which every call is over, billed and no longer doubted when `settle_at` comes. */
export const TERMS = { ...STAGE_TERMS, callerId: EXOPHONE, settleMs: SETTLE_MS }
export const LEASE_OVER_MS = 16_000
/** Ringing and talking. */
export const WHOLE_CALL_MS = REAL.ringMs + REAL.talkMs
const BILLED_MS = 4 * 60_000
const MAX_SWEEPS = 20

export type World = Awaited<ReturnType<typeof openWorld>>
type SandboxOptions = Parameters<typeof openSandbox>[0]

export interface Mortal { life: Life, ports: RunPorts, store: Store, run(limits?: Partial<RunLimits>, customerIds?: number[]): Promise<RunResult>, catchUp(): Promise<void>, reconcile(): Promise<boolean>, sweep(): Promise<boolean> }

/** Lets the test break the design on purpose. */
export type Break = (ports: RunPorts) => RunPorts

/** A database, Exotel on its clock, a wire between them and the post: everything but the processes that dial, which come and go. */
export async function openWorld(rows: Row[], { sandbox: options = {}, client = {} }: { sandbox?: SandboxOptions, client?: Partial<ExotelSettings> } = {}) {
  const stage = await openStage(rows)
  const letters: Letter[] = []
  const atPost: string[] = []
  const orphans = new Set<string>()
  const ranks = new Map<number, SessionRow>()
  const connects: ConnectEvent[] = []
  const hooks: { onPost?: () => void } = {}
  const sandbox = await openSandbox({
    clock: () => stage.clock.now, timings: REAL, ratePerMinute: Number.POSITIVE_INFINITY, misbehave: { seed: 1, reads: { omitOngoing: true } }, ...options,
    onEvent(event) {
      if (event.event !== 'connect')
        return
      connects.push(event)
      atPost.push(...wrongAtPost(stage, event))
      if (event.outcome === 'accepted')
        letters.push(...lettersOf(event))
      hooks.onPost?.()
    },
  })
  const wire = await openWire(sandbox.url)
  const telephony = clientAt(wire.url, { ...ACCOUNT, callerId: EXOPHONE, now: () => stage.clock.now, ...client })
  const post = await openPost(stage)
  const lives: Life[] = []

  const world = {
    stage, sandbox, wire, hooks, letters, connects, telephony, orphans,
    pass: (ms: number) => void (stage.clock.now = new Date(stage.clock.now.getTime() + ms)),
    /** A process on the same database, with its own handle of it. */
    bear: async (dies?: Step, broken: Break = ports => ports, beforeSave?: () => Promise<void>): Promise<Mortal> => {
      const life = beginLife()
      lives.push(life)
      return bearProcess({ stage, telephony, orphans }, life, broken, dies, beforeSave)
    },
    deliver: (some: Letter[]) => post(some),
    evidence: (): Evidence => ({ ledger: sandbox.ledger(), atPost, orphans, ...rowsOf(stage) }),
    /** Throws with everything that is broken now. */
    verify() {
      const evidence = world.evidence()
      throwIfAny([...brokenRules(evidence), ...movedDown(evidence.sessions, ranks)])
    },
    verifySettled() {
      throwIfAny([...brokenRules(world.evidence()), ...unsettled(world.evidence())])
    },
    /** Past every end and every bill, with the two whole lists that a lost call takes. */
    async settle({ sweeps = true } = {}) {
      const { catchUp, sweep } = await world.bear()
      world.pass(SETTLE_MS)
      for (const ms of [0, 61_000, BILLED_MS]) {
        world.pass(ms)
        await catchUp()
      }
      // A list that is not answered proves nothing; the simulator answers sooner or later.
      for (let asked = 0; sweeps && !await sweep(); asked++) {
        if (asked === MAX_SWEEPS)
          throw new Error(`the list was not answered in ${MAX_SWEEPS} sweeps`)
      }
    },
    /** Lets go of everything that dead processes wait for. */
    bury: () => lives.splice(0).forEach(life => life.bury()),
  }
  return world
}

function bearProcess({ stage, telephony, orphans }: Pick<World, 'stage' | 'telephony' | 'orphans'>, life: Life, broken: Break, dies?: Step, beforeSave?: () => Promise<void>): Promise<Mortal> {
  return stage.openAgain().then((store) => {
    const spool: RunPorts['spool'] = records => stage.spool.append('outcome', records)
    const ports = dyingAt(dies, broken({ ...portsOf({ store, clock: stage.clock }, telephony, () => 'http://127.0.0.1:9/told-by-the-test'), spool }), life, beforeSave)
    const mortal: Mortal = {
      life, ports, store,
      run: (limits = {}, customerIds = stage.customerIds) => placeCalls(ports, TERMS, customerIds, { ...UNPACED, ...limits }),
      async catchUp() {
        await stage.spool.replay('outcome', { read: readOutcome, save: records => saveSpooledOutcomes(ports.store, records as never, ports.now()) })
        await mortal.reconcile()
      },
      reconcile: () => asFarAsItAnswers(reconcile(ports, RECONCILE_TERMS)),
      sweep: () => asFarAsItAnswers(sweep(ports, { callerId: EXOPHONE, readEveryMs: 0, settleMs: SETTLE_MS }).then(report => report.orphans.forEach(({ callSid }) => orphans.add(callSid)))),
    }
    return mortal
  })
}

/** False where Exotel did not answer. */
async function asFarAsItAnswers(reading: Promise<unknown>): Promise<boolean> {
  return reading.then(() => true, (error: unknown) => {
    if (!(error instanceof VacliError) || error.code !== 'unavailable')
      throw error
    return false
  })
}

/** The listener's process: keeps what comes, then understands it. */
async function openPost(stage: Stage) {
  const store = await stage.openAgain()
  const now = () => stage.clock.now
  const { keep } = createEventKeeper({ store, spool: stage.spool, now, onSpooled: (error) => { throw error } })
  return async (letters: Letter[]) => {
    for (const { reference, body } of letters)
      await keep({ reference, contentType: LETTER_TYPE, body: Buffer.from(body) })
    await drainInbox({ store, now, parse: parseCallback })
  }
}

/** The intent must be on disk before the request, and no other call to that phone open. */
function wrongAtPost({ look }: Stage, { custom_field, from }: ConnectEvent): string[] {
  const sessions = look<SessionRow>('select * from call_sessions where to_number = ?', from)
  const own = sessions.find(({ reference }) => reference === custom_field)
  const others = sessions.filter(({ reference, status }) => reference !== custom_field && ['scheduled', 'dialing', 'unknown', 'initiated', 'ringing', 'in_progress'].includes(status))
  return [
    ...(own?.status === 'dialing' ? [] : [`P1: a request for ${from} whose intent is ${own?.status ?? 'nowhere'}`]),
    ...others.map(({ id, status }) => `P2: a request for ${from} while call ${id} is ${status}`),
  ]
}

function rowsOf({ look }: Stage) {
  return {
    sessions: look<SessionRow>('select * from call_sessions order by id'),
    givenUp: look<GivenUp>('select call_session_id, source, timestamp from call_status_updates where status = \'not_placed\''),
  }
}

/** Compares with how the calls stood when this was asked last. A CallSid alone brings a call back that seemed not placed. */
function movedDown(sessions: SessionRow[], before: Map<number, SessionRow>): string[] {
  return sessions.flatMap((session) => {
    const earlier = before.get(session.id)
    before.set(session.id, session)
    const isDown = earlier && earlier.status !== 'not_placed' && CALL_RANKS[session.status] < CALL_RANKS[earlier.status]
    return isDown ? [`call ${session.id} moved down from ${earlier.status} to ${session.status}`] : []
  })
}

function throwIfAny(broken: string[]) {
  if (broken.length > 0)
    throw new Error(broken.join('\n'))
}

export function placedOf(connects: ConnectEvent[]): AcceptedConnect[] {
  return connects.filter((one): one is AcceptedConnect => one.outcome === 'accepted')
}
