import type { Store } from '../db/store.ts'
import { addCounts, NO_MATCHES } from '../domain/match-counts.ts'
import type { MatchCounts } from '../domain/plan-match.ts'
import { decodeStoredRow } from '../domain/stored-row.ts'
import type { RowRemark } from './import-report.ts'

/** What an import that may be cut off must find again to tell of the whole file. It is kept with the upload's settings until that is complete. */
export interface UnderWay {
  /** Where the rejected rows go. */
  rejects_file?: string
  /** They are all there: whoever is correcting them already is not to lose that. */
  rejects_complete?: boolean
  /** How many loans a snapshot covered before anything was applied. */
  covered?: number
  /** What was said of a newer file, before this one went over it. */
  older?: string
  /** What the chunks before the one begun last came to. */
  counts?: MatchCounts
  /** The chunk begun last: what it comes to if it was written, and one of its rows. */
  begun?: { counts: MatchCounts, rowId: number }
}

type Upload = { id: number, settings: unknown }
type Settings = Record<string, unknown> & { under_way?: UnderWay }

// Rows at a time, as they are matched.
const CHUNK = 4000

export function underWay({ settings }: Pick<Upload, 'settings'>): UnderWay {
  return (settings as Settings | null)?.under_way ?? {}
}

/** The settings with more of what is under way. */
export function withUnderWay({ settings }: Pick<Upload, 'settings'>, more: UnderWay): Settings {
  return { ...settings as Settings | null, under_way: { ...underWay({ settings }), ...more } }
}

/** The settings as they stay once the upload is complete. */
export function settledSettings({ settings }: Pick<Upload, 'settings'>): Record<string, unknown> | null {
  const { under_way: _, ...settled } = (settings ?? {}) as Settings
  return Object.keys(settled).length === 0 ? null : settled
}

/** What earlier processes decided of the upload. A chunk is written whole or not at all, so that one of its rows tells of all. */
export async function recallMatches(store: Store, upload: Upload): Promise<{ counts: MatchCounts, remarks: RowRemark[] }> {
  const { counts = NO_MATCHES, begun } = underWay(upload)
  if (!begun)
    return { counts, remarks: [] }
  const isWritten = (await store.findPendingOf([begun.rowId])).length === 0
  return { counts: isWritten ? addCounts(counts, begun.counts) : counts, remarks: await recallRemarks(store, upload.id) }
}

/** Says what a chunk comes to, before it is written: who is killed in between leaves enough to tell whether it was. */
export async function keepMatches(store: Store, upload: Upload, counts: MatchCounts, begun: { counts: MatchCounts, rowId: number }): Promise<void> {
  await store.keepSettings(upload.id, withUnderWay(upload, { counts, begun }))
}

/** What was remarked when rows were decided; what a row was remarked on by itself is told when its file is read again. */
async function recallRemarks(store: Store, uploadId: number): Promise<RowRemark[]> {
  const remarks: RowRemark[] = []
  for (let afterLine = 0; ;) {
    const rows = await store.findRemarkedRows(uploadId, CHUNK, afterLine)
    if (rows.length === 0)
      return remarks
    for (const { lineNumber, status, code, message, loanValues, rawData } of rows) {
      if (status === 'review' || decodeStoredRow(loanValues, rawData)?.note?.code !== code)
        remarks.push({ line: lineNumber, code: code!, message: message! })
    }
    afterLine = rows.at(-1)!.lineNumber
  }
}
