import type { Store } from '../db/store.ts'
import { doubtedLoans, reviewedRow, reviewRulesOf } from '../domain/file-review.ts'
import { addCounts } from '../domain/match-counts.ts'
import { type MatchCounts, planMatch, type StagedRow } from '../domain/plan-match.ts'
import { decodeStoredRow, type StoredRow } from '../domain/stored-row.ts'
import { zeroSpellings } from '../domain/zero-spellings.ts'
import { VacliError } from '../errors.ts'
import { keepMatches, recallMatches } from './under-way.ts'

// A chunk holds the database for a tenth of a second or two.
const CHUNK = 4000

/** What was decided, and what a person may want to look at. */
export interface MatchReport { counts: MatchCounts, remarks: { line: number, code: string, message: string }[] }

export interface MatchPorts { store: Store, now: () => Date, onProgress?: (rowsDone: number) => void, signal?: AbortSignal }

/** Decides every pending row of one upload: read what a chunk may touch, plan, write the plan. What is decided stays decided. */
export async function matchUpload({ store, onProgress, signal }: MatchPorts, upload: { id: number, source: string, createdAt: Date, settings: unknown }): Promise<MatchReport> {
  await store.startApplying(upload.id)
  const rules = reviewRulesOf(upload.settings)
  const contradicted = doubtedLoans((await store.findRowsOfRepeatedLoans(upload.id)).map(stored => readStaged(stored).row), rules)
  const { remarks, ...recalled } = await recallMatches(store, upload)
  let { counts } = recalled
  for (let done = 0, afterLine = 0; ;) {
    signal?.throwIfAborted()
    const pending = await store.findPendingRows(upload.id, CHUNK, afterLine)
    if (pending.length === 0)
      return { counts, remarks }
    const staged = pending.map((stored): StagedRow => ({ rowId: stored.id, ...reviewedRow(readStaged(stored), rules) }))
    const known = await store.findKnown(upload.source, await keysOf(store, upload.source, staged))
    const plan = planMatch(staged, { ...known, contradicted })
    await keepMatches(store, upload, counts, { counts: plan.counts, line: pending.at(-1)!.lineNumber })
    await store.applyMatchPlan(plan, upload.source, upload.createdAt)
    counts = addCounts(counts, plan.counts)
    const lineOf = new Map(pending.map(({ id, lineNumber }) => [id, lineNumber]))
    for (const { rowId, code, message } of plan.rows) {
      if (code && message)
        remarks.push({ line: lineOf.get(rowId)!, code, message })
    }
    afterLine = pending.at(-1)!.lineNumber
    onProgress?.(done += pending.length)
  }
}

/** What the rows may speak of: loans and borrowers by their keys, and loans whose id has other zeros before it. */
async function keysOf(store: Store, source: string, staged: StagedRow[]): Promise<{ loanId: string, fingerprint: string }[]> {
  const keys = staged.map(({ row }) => ({ loanId: row.loanId, fingerprint: row.fingerprint }))
  const maySpellOtherwise = await store.hasLoanWithZeros(source) ? keys : keys.filter(({ loanId }) => loanId.startsWith('0'))
  return [...keys, ...maySpellOtherwise.flatMap(({ loanId }) => zeroSpellings(loanId)).map(loanId => ({ loanId, fingerprint: '' }))]
}

function readStaged({ loanValues, rawData }: { loanValues: string | null, rawData: string }): StoredRow {
  const stored = decodeStoredRow(loanValues, rawData)
  if (!stored)
    throw new VacliError('conflict', 'a staged row can no longer be read', { hint: 'Import its file again with --force.' })
  return stored
}
