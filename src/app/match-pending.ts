import { NO_MATCHES } from '../domain/match-counts.ts'
import type { MatchCounts } from '../domain/plan-match.ts'
import type { RowCounts } from '../domain/upload.ts'
import { applyUpload } from './apply-upload.ts'
import { byOrder, isHalfApplied } from './finish-applying.ts'
import type { Remark } from './import-report.ts'
import type { MatchPorts } from './match-rows.ts'
import { findOlder, olderWarning, tellStillAbsent } from './older-file.ts'
import { withUnderWay } from './under-way.ts'

export interface MatchedUpload { id: number, filename: string, rows: RowCounts, counts: MatchCounts, decided: number, complete: boolean, warnings: Remark[] }

/** Decides the rows that imports left pending. An upload whose file was never read to its end waits for its next import: no guard has judged it, and the rest of its rows would come after those of others. */
export async function matchPending(ports: MatchPorts): Promise<MatchedUpload[]> {
  const { store } = ports
  const matched: MatchedUpload[] = []
  const unfinished = await store.findUnfinishedUploads()
  // Those that were cut off while they were applied come first, as they began.
  for (const upload of [...unfinished.filter(isHalfApplied).sort(byOrder), ...unfinished.filter(upload => !isHalfApplied(upload))]) {
    const before = await store.countRows(upload.id)
    if (upload.totalRecords === null) {
      matched.push({ id: upload.id, filename: upload.filename, rows: before, counts: NO_MATCHES, decided: 0, complete: false, warnings: [] })
      continue
    }
    const older = await findOlder(store, upload)
    const staged = older ? { ...upload, settings: withUnderWay(upload, { older }) } : upload
    const { counts } = await applyUpload(ports, staged)
    const stillAbsent = await tellStillAbsent(store, upload)
    matched.push({ id: upload.id, filename: upload.filename, rows: await store.countRows(upload.id), counts, decided: before.pending, complete: true, warnings: [...olderWarning(older), ...stillAbsent] })
  }
  return matched
}
