import { setImmediate } from 'node:timers/promises'
import type { Store } from '../db/store.ts'
import { doubtedLoans, reviewedRow, reviewRulesOf } from '../domain/file-review.ts'
import type { Known, StagedRow } from '../domain/known.ts'
import { addCounts } from '../domain/match-counts.ts'
import { formerFingerprintsOf } from '../domain/matching/former-owners.ts'
import { tangledChunks } from '../domain/matching/tangled-rows.ts'
import { type MatchCounts, planMatch } from '../domain/plan-match.ts'
import { decodeStoredRow, type StoredRow } from '../domain/stored-row.ts'
import { otherSpellings } from '../domain/standing-loan-ids.ts'
import { zeroSpellings } from '../domain/zero-spellings.ts'
import { VacliError } from '../errors.ts'
import { answeredRows } from '../domain/row-answers.ts'
import { NO_UPLOAD, settleAbsences } from './mark-absences.ts'
import { recomputeDecided } from './recompute.ts'
import { readRowAnswers } from './row-answers.ts'
import { keepMatches, recallMatches } from './under-way.ts'

// A chunk holds the database for a tenth of a second or two.
const CHUNK = 4000

/** What was decided, and what a person may want to look at. */
export interface MatchReport { counts: MatchCounts, remarks: { line: number, code: string, message: string }[] }

export interface MatchPorts { store: Store, now: () => Date, onProgress?: (rowsDone: number) => void, signal?: AbortSignal }

interface Upload { id: number, source: string, createdAt: Date, dataDate: Date, settings: unknown }
type PendingRows = Awaited<ReturnType<Store['findPendingOf']>>

/** Decides every pending row of one upload, and leaves absent what it names and a snapshot after it does not. */
export async function matchUpload(ports: MatchPorts, upload: Upload): Promise<MatchReport> {
  const { store } = ports
  await store.startApplying(upload.id)
  const later = await store.findSnapshotsAfter(upload)
  const report = await decidePending(ports, upload, later.length > 0)
  if (later.length > 0)
    await settleAbsences(store, later)
  return report
}

/** Reads what a chunk may touch, plans, writes the plan. What is decided stays decided. */
async function decidePending(ports: MatchPorts, upload: Upload, isHeld: boolean): Promise<MatchReport> {
  const { store, onProgress, signal } = ports
  const rules = reviewRulesOf(upload.settings)
  const contradicted = doubtedLoans((await store.findRowsOfRepeatedLoans(upload.id)).map(stored => readStaged(stored).row), rules)
  const decisions = await store.findDecisions()
  const answers = await readRowAnswers(store)
  const report: MatchReport = await recallMatches(store, upload)
  let done = 0
  const decide = async (pending: PendingRows) => {
    // On SQLite nothing here waits: without a turn of the event loop nobody would hear of a Ctrl-C.
    await setImmediate()
    signal?.throwIfAborted()
    const { rows: staged } = answeredRows(pending.map(stored => ({ rowId: stored.id, ...reviewedRow(readStaged(stored), rules) })), upload.source, answers)
    await decideChunk(ports, { ...upload, isHeld }, staged, { contradicted, decisions }, pending, report)
    onProgress?.(done += pending.length)
  }
  const first = await store.findPendingRows(upload.id, CHUNK + 1)
  if (first.length <= CHUNK) {
    if (first.length > 0)
      await decide(first)
    return sorted(report)
  }
  // Rows that need each other first, and together: those that are left can be decided in any order.
  for (const ids of tangledChunks(await store.findTangledRows(upload.id, upload.source), CHUNK))
    await decide(await store.findPendingOf(ids))
  for (let afterLine = 0; ;) {
    const pending = await store.findPendingRows(upload.id, CHUNK, afterLine)
    if (pending.length === 0)
      return sorted(report)
    await decide(pending)
    afterLine = pending.at(-1)!.lineNumber
  }
}

const sorted = (report: MatchReport): MatchReport => ({ ...report, remarks: report.remarks.sort((a, b) => a.line - b.line) })

async function decideChunk({ store }: MatchPorts, upload: Upload & { isHeld: boolean }, staged: StagedRow[], given: Pick<Known, 'contradicted' | 'decisions'>, pending: PendingRows, report: MatchReport) {
  const known = await store.findKnown(upload.source, await keysOf(store, upload.source, staged))
  known.customers.push(...await store.findKnownAs(formerFingerprintsOf(staged, { source: upload.source, ...known })))
  known.loans.push(...await store.findLoans(upload.source, otherSpellings(staged, { source: upload.source, ...known })))
  const plan = planMatch(staged, { source: upload.source, ...known, ...given })
  await keepMatches(store, upload, report.counts, { counts: plan.counts, rowId: pending[0]!.id })
  await store.applyMatchPlan(plan, upload.source, upload.createdAt, upload.isHeld ? NO_UPLOAD : null)
  if (plan.merged.length > 0)
    await recomputeDecided(store, plan.merged.map(({ customerId }) => customerId))
  report.counts = addCounts(report.counts, plan.counts)
  const lineOf = new Map(pending.map(({ id, lineNumber }) => [id, lineNumber]))
  for (const { rowId, code, message } of plan.rows) {
    if (code && message)
      report.remarks.push({ line: lineOf.get(rowId)!, code, message })
  }
}

/** What the rows may speak of: loans by their ids, also with other zeros before them, and borrowers by their phones. */
async function keysOf(store: Store, source: string, staged: StagedRow[]): Promise<{ loanId: string, phone: string | null }[]> {
  const keys = staged.map(({ row }) => ({ loanId: row.loanId, phone: row.phone }))
  const maySpellOtherwise = await store.hasLoanWithZeros(source) ? keys : keys.filter(({ loanId }) => loanId.startsWith('0'))
  return [...keys, ...maySpellOtherwise.flatMap(({ loanId }) => zeroSpellings(loanId)).map(loanId => ({ loanId, phone: null }))]
}

function readStaged({ loanValues, rawData }: { loanValues: string | null, rawData: string }): StoredRow {
  const stored = decodeStoredRow(loanValues, rawData)
  if (!stored)
    throw new VacliError('conflict', 'a staged row can no longer be read', { hint: 'Import its file again with --force.' })
  return stored
}
