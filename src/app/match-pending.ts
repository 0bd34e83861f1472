import type { MatchCounts } from '../domain/plan-match.ts'
import type { RowCounts } from '../domain/upload.ts'
import { type MatchPorts, matchUpload } from './match-rows.ts'

export interface MatchedUpload { id: number, filename: string, rows: RowCounts, counts: MatchCounts, decided: number, complete: boolean }

/** Decides the rows that imports left pending. An upload whose file was never read to its end stays open for its next import. */
export async function matchPending(ports: MatchPorts): Promise<MatchedUpload[]> {
  const { store, now } = ports
  const matched: MatchedUpload[] = []
  for (const upload of await store.findUnfinishedUploads()) {
    const before = await store.countRows(upload.id)
    const { counts } = await matchUpload(ports, upload)
    const complete = upload.totalRecords !== null
    if (complete)
      await store.finishUpload(upload.id, { status: 'completed', error: null, completedAt: now() })
    matched.push({ id: upload.id, filename: upload.filename, rows: await store.countRows(upload.id), counts, decided: before.pending, complete })
  }
  return matched
}
