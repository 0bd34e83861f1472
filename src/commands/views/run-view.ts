import type { RunResult } from '../../app/run-result.ts'
import type { Context } from '../../context.ts'
import type { Store } from '../../db/store.ts'
import type { BlockCode } from '../../domain/call-rules.ts'
import { isOpen } from '../../domain/call.ts'
import { nextAt } from '../../domain/callability.ts'
import { nextDialTime } from '../../domain/window.ts'
import { VacliError } from '../../errors.ts'
import { emitJson } from '../../ui/emit.ts'
import { istTime, maskPhones, plural } from '../../ui/format.ts'
import { plainText } from '../../ui/plain-text.ts'
import { answerIo } from '../answer.ts'

/** What a run did; the counts add up to `selected`. */
export async function answerRun(context: Context, store: Store, report: { runId: number, result: RunResult, selected: number[], waited: boolean }) {
  await printRun(context, store, report)
  await verifyRan(context, store, report)
}

async function printRun(context: Context, store: Store, { runId, result, waited }: { runId: number, result: RunResult, waited: boolean }) {
  const { flags, config } = context
  const calls = await store.findCalls(result.calls.map(({ callId }) => callId))
  // A call whose answer was lost is found again when its callbacks come: it was placed after all.
  const found = result.calls.filter(({ outcome, callId }) => outcome.kind === 'unknown' && calls.some(call => call.id === callId && call.status !== 'unknown')).length
  const placed = result.placed + found
  const unknown = result.unknown - found
  const io = answerIo(context)
  if (flags.json) {
    return emitJson(io, {
      run_id: runId, mode: config.mode, dry_run: false, selected: result.selected, blocked: result.blocked,
      placed, failed: result.failed, unknown, not_called: result.notCalled,
      calls: calls.map(call => ({ id: call.id, customer_id: call.customerId, call_sid: call.callSid, status: call.status })),
    })
  }
  const allIsWell = result.failed === 0 && unknown === 0 && !result.stop && placed + result.notCalled + blockedCount(result.blocked) === result.selected
  if (flags.quiet && allIsWell)
    return
  io.out(`${plural(result.selected, 'customer')} selected: ${placed} called, ${result.failed} failed, ${unknown} unknown, ${blockedCount(result.blocked)} blocked, ${result.notCalled} not called\n`)
  io.out(blockedLines(result.blocked))
  const byStatus = Object.entries(calls.reduce<Record<string, number>>((all, { status }) => ({ ...all, [status]: (all[status] ?? 0) + 1 }), {}))
  if (byStatus.length > 0)
    io.out(`calls: ${byStatus.map(([status, n]) => `${n} ${status}`).join(', ')}\n`)
  for (const { outcome, callId } of result.calls) {
    if (outcome.kind === 'rejected' || outcome.kind === 'not_placed')
      io.out(`  call ${callId}: ${maskPhones(plainText(outcome.message))}\n`)
  }
  const stillOpen = calls.filter(({ status }) => isOpen(status)).length
  if (stillOpen > 0 && !waited)
    context.io.err('the listener brings the rest: vacli webhook serve\n')
  if (calls[0])
    context.io.err(`next: vacli status ${calls[0].id}\n`)
}

/** A run that could not do what it was asked to ends with the reason, after its answer. */
async function verifyRan(context: Context, store: Store, { runId, result, selected }: { runId: number, result: RunResult, selected: number[] }): Promise<void> {
  if (result.stop?.kind === 'setup' || result.stop?.kind === 'unavailable')
    throw new VacliError(result.stop.kind, `the run stopped: ${result.stop.reason}`, { hint: `${result.stop.kind === 'setup' ? 'Mend the Exotel account' : 'Check the connection'}, then: vacli runs resume ${runId}. Nobody is called twice.` })
  if (result.stop?.kind === 'paused')
    throw new VacliError('refused', result.stop.reason, { hint: 'vacli runs resume lifts the pause.' })
  if (result.selected > 0 && result.callable === 0)
    throw await refusal(context, store, selected, result.blocked)
  if (context.signal.aborted || (result.stop && result.notCalled > 0))
    context.io.err(`${result.stop ? result.stop.reason : 'interrupted'}: ${plural(result.notCalled, 'customer')} not called; go on with: vacli runs resume ${runId}\n`)
}

/** What a run would do. */
export async function answerDryRun(context: Context, store: Store, selected: number[], { callable, blocked }: { callable: number[], blocked: BlockCode[] }, max: number | undefined): Promise<void> {
  const { flags, config } = context
  const would = callable.slice(0, max ?? callable.length)
  const counts = blocked.reduce<Partial<Record<BlockCode, number>>>((all, code) => ({ ...all, [code]: (all[code] ?? 0) + 1 }), {})
  const io = answerIo(context)
  const customers = await store.findCustomersById(would.slice(0, 100))
  if (flags.json) {
    emitJson(io, {
      run_id: null, mode: config.mode, dry_run: true, selected: selected.length, blocked: counts, placed: 0, failed: 0, unknown: 0, not_called: callable.length,
      would_call: would, calls: [],
    })
  }
  else {
    io.out(`${plural(selected.length, 'customer')} selected: ${would.length} would be called, ${blocked.length} blocked, ${callable.length - would.length} over --max; nobody was called\n`)
    io.out(blockedLines(counts))
    for (const { id, fullName } of would.flatMap(id => customers.find(customer => customer.id === id) ?? []))
      io.out(`  ${id} ${plainText(fullName)}\n`)
  }
  if (selected.length > 0 && callable.length === 0)
    throw await refusal(context, store, selected, counts)
}

/** Why nobody may be called, and from when somebody may. */
async function refusal(context: Context, store: Store, selected: number[], blocked: Partial<Record<BlockCode, number>>): Promise<VacliError> {
  if (blocked.OUTSIDE_HOURS !== undefined)
    return outsideHours(context, selected.length)
  const { config, now } = context
  const [only] = selected.length === 1 ? await store.listCustomers({ customerIds: selected }, now(), { limit: 1 }) : []
  if (!only)
    return new VacliError('refused', `nobody may be called: ${Object.entries(blocked).map(([code, n]) => `${code} ${n}`).join(', ')}`, { hint: 'vacli status counts who is held back by what; vacli list shows from when each may be called.' })
  const next = nextAt({ from: only.callableFrom, until: only.callableUntil, code: only.callableCode }, config.rules, now())
  const hint = blocked.STALE_DATA ? 'Import today\'s file: vacli import file.csv' : `vacli show ${only.id}`
  return new VacliError('refused', `${only.fullName} (${only.id}) may not be called: ${Object.keys(blocked).join(', ')}${next && next > now() ? `; again ${istTime(next)}` : ''}`, { hint })
}

function outsideHours({ config, now }: Context, customers: number): VacliError {
  const opensAt = nextDialTime(now(), config.rules)
  const shiftS = Math.ceil((opensAt.getTime() - now().getTime() + config.clockShiftMs) / 1000)
  const opening = `Calls may start again ${istTime(opensAt)}.`
  return new VacliError('refused', `nobody may be called: OUTSIDE_HOURS ${customers}`, { hint: config.mode === 'sandbox' ? `${opening} In the sandbox the clock can be moved: export VACLI_CLOCK_SHIFT=${shiftS}` : opening })
}

function blockedLines(blocked: Partial<Record<BlockCode, number>>): string {
  return Object.entries(blocked).map(([code, n]) => `  ${code}: ${n}\n`).join('')
}

const blockedCount = (blocked: Partial<Record<BlockCode, number>>) => Object.values(blocked).reduce((sum, n) => sum + n, 0)
