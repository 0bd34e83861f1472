import { expect, it } from 'vitest'
import type { Behaviour } from '../../src/telephony/sandbox/misbehaviour.ts'
import { openReconcileStage, type ReconcileStage, TERMS } from '../app/reconcile-stage.ts'

const CALLS = 200
const BEHAVIOURS: Behaviour[] = [{}, { endsAs: 'busy' }, { endsAs: 'no-answer' }, { endsAs: 'failed' }, { endsAs: 'canceled' }, { answer: 'lost' }, { answer: 'http-504' }, { answer: 'cut', endsAs: 'busy' }]
const OURS: Record<string, string> = { 'no-answer': 'no_answer' }

/** Calls that do not stand here as the ledger says: their end, length and price. */
function findUnlike({ sandbox, look }: ReconcileStage) {
  const ours = new Map(look<{ call_sid: string | null, facts: string }>('select call_sid, status || \' \' || coalesce(duration_seconds, \'\') || \' \' || coalesce(price_paise, \'\') as facts from call_sessions').map(({ call_sid, facts }) => [call_sid, facts]))
  return sandbox.ledger().calls.filter(({ sid, status, duration_seconds, price }) => ours.get(sid) !== `${OURS[status] ?? status} ${duration_seconds} ${Number(price) * 100}`)
}

it('one reconcile after an hour without a listener brings every call to the ledger\'s end', async () => {
  const stage = await openReconcileStage(CALLS, { misbehave: { seed: 42, shown: { numbers: 'mixed' }, reads: { omitOngoing: true, lagMs: 300_000 } } })
  for (let at = 0; at < CALLS; at++)
    await stage.dial(BEHAVIOURS[at % BEHAVIOURS.length], at)
  stage.pass(3_600_000)
  // Without it, the comparison finds every call.
  expect(findUnlike(stage)).toHaveLength(CALLS)

  const report = await stage.reconcile()

  expect(report).toMatchObject({ open: CALLS, ended: CALLS, notPlaced: 0, waiting: 0, forPerson: 0, attached: CALLS * 3 / 8 })
  const truth = stage.sandbox.ledger()
  expect(truth.overlaps).toEqual([])
  expect(stage.statuses()).toHaveLength(CALLS)
  expect(findUnlike(stage)).toEqual([])
  expect(await stage.reconcile()).toMatchObject({ open: 0, late: 0, asked: 0 })
})

it('and what was not placed is known a minute after settle_at, by the second list', async () => {
  const stage = await openReconcileStage(CALLS, { misbehave: { seed: 42, reads: { omitOngoing: true, lagMs: 300_000 } } })
  for (let at = 0; at < CALLS; at++)
    await stage.dial({ answer: 'http-503', isPlaced: at % 2 === 0 }, at)
  for (let minute = 0; minute < 14; minute++) {
    await stage.reconcile({ pollAfterMs: 0 })
    expect(stage.statuses().filter(status => status === 'not_placed')).toEqual([])
    stage.pass(60_000)
  }
  stage.passSettle()
  await stage.reconcile({ ...TERMS, pollAfterMs: 0 })
  stage.passSettle(60_000)
  await stage.reconcile({ pollAfterMs: 0 })

  const placed = new Set(stage.sandbox.ledger().calls.map(({ from }) => from))
  expect(placed.size).toBe(CALLS / 2)
  expect(stage.look<{ to_number: string, status: string }>('select to_number, status from call_sessions').filter(({ to_number, status }) => status !== (placed.has(to_number) ? 'completed' : 'not_placed'))).toEqual([])
})
