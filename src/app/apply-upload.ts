import type { SnapshotScope } from '../db/upload-store.ts'
import { type MatchPorts, type MatchReport, matchUpload } from './match-rows.ts'
import { settledSettings } from './under-way.ts'

interface StagedUpload { id: number, source: string, createdAt: Date, dataDate: Date, settings: unknown, snapshotScope: unknown }

/** Lets the staged rows of an upload change customers and loans, and a snapshot say whom it no longer names. Can be cut off and begun again. Returns how many loans became absent. */
export async function applyUpload(ports: MatchPorts, upload: StagedUpload): Promise<MatchReport & { absent: number }> {
  const { store, now } = ports
  const matched = await matchUpload(ports, upload)
  const scope = upload.snapshotScope as SnapshotScope | null
  if (scope)
    await store.markMissingLoans({ uploadId: upload.id, source: upload.source, scope, dataDate: upload.dataDate })
  await store.finishUpload(upload.id, { status: 'completed', error: null, completedAt: now(), settings: settledSettings(upload) })
  return { ...matched, absent: scope ? await store.countAbsentBy(upload.id) : 0 }
}
