import type { Store } from '../db/store.ts'
import { mapColumns } from '../domain/columns.ts'
import { type LoanRow, parseLoanRow } from '../domain/loan-row.ts'
import { contradictedLoans } from '../domain/contradicted-loans.ts'
import { type MatchCounts, planMatch, type StagedRow } from '../domain/plan-match.ts'
import { VacliError } from '../errors.ts'

const CHUNK = 2000

const NO_MATCHES: MatchCounts = { customersCreated: 0, customersUpdated: 0, loansCreated: 0, loansUpdated: 0 }

/** What was decided, and what a person may want to look at. */
export interface MatchReport { counts: MatchCounts, remarks: { line: number, code: string, message: string }[] }

export const NOTHING_MATCHED: MatchReport = { counts: NO_MATCHES, remarks: [] }

export interface MatchPorts { store: Store, now: () => Date, onProgress?: (rowsDone: number) => void, signal?: AbortSignal }

/** Decides every pending row of one upload: read what a chunk may touch, plan, write the plan. What is decided stays decided. */
export async function matchUpload({ store, now, onProgress, signal }: MatchPorts, upload: { id: number, source: string }): Promise<MatchReport> {
  const contradicted = contradictedLoans((await store.findRowsOfRepeatedLoans(upload.id)).map(({ rawData }) => readStaged(rawData)))
  let counts = NO_MATCHES
  const remarks: MatchReport['remarks'] = []
  for (let done = 0; ;) {
    signal?.throwIfAborted()
    const pending = await store.findPendingRows(upload.id, CHUNK)
    if (pending.length === 0)
      return { counts, remarks }
    const staged = pending.map(({ id, rawData }): StagedRow => ({ rowId: id, row: readStaged(rawData) }))
    const known = await store.findKnown(upload.source, staged.map(({ row }) => ({ loanId: row.loanId, fingerprint: row.fingerprint })))
    const plan = planMatch(staged, { ...known, contradicted })
    await store.applyMatchPlan(plan, upload.source, now())
    counts = addCounts(counts, plan.counts)
    const lineOf = new Map(pending.map(({ id, lineNumber }) => [id, lineNumber]))
    for (const { rowId, code, message } of plan.rows) {
      if (code && message)
        remarks.push({ line: lineOf.get(rowId)!, code, message })
    }
    onProgress?.(done += pending.length)
  }
}

function readStaged(rawData: string): LoanRow {
  const raw = JSON.parse(rawData) as Record<string, string>
  const headers = Object.keys(raw)
  const { positions } = mapColumns(headers)
  const result = parseLoanRow(field => positions[field] === undefined ? undefined : raw[headers[positions[field]]!])
  if (!result.ok)
    throw new VacliError('conflict', `a staged row can no longer be read: ${result.reject.message}`, { hint: 'Import its file again with --force.' })
  return result.loan
}

function addCounts(a: MatchCounts, b: MatchCounts): MatchCounts {
  return {
    customersCreated: a.customersCreated + b.customersCreated,
    customersUpdated: a.customersUpdated + b.customersUpdated,
    loansCreated: a.loansCreated + b.loansCreated,
    loansUpdated: a.loansUpdated + b.loansUpdated,
  }
}
