import { applyUpload } from './apply-upload.ts'
import type { Remark } from './import-report.ts'
import type { MatchPorts } from './match-rows.ts'
import { findOlder, tellStillAbsent } from './older-file.ts'

type Upload = Awaited<ReturnType<MatchPorts['store']['findUnfinishedUploads']>>[number]

/**
 * Decides what is left of uploads that were cut off while their rows were applied, in the order in which they began: rows of them that came after those of a later upload
 * would go over its figures. Their rows are all staged and their guards were passed, so their files are not needed. The one given, and whatever began after it, is left to whoever takes it up.
 */
export async function finishApplying(ports: MatchPorts, before: number | null): Promise<Remark[]> {
  const { store } = ports
  const uploads = (await store.findUnfinishedUploads()).filter(isHalfApplied).sort(byOrder)
  const own = uploads.findIndex(({ id }) => id === before)
  const remarks: Remark[] = []
  for (const upload of own === -1 ? uploads : uploads.slice(0, own)) {
    const { pending } = await store.countRows(upload.id)
    const older = await findOlder(store, upload)
    const { absent } = await applyUpload(ports, upload)
    const stillAbsent = await tellStillAbsent(store, upload)
    remarks.push({ line: null, code: 'CUT_OFF', message: [finishedText(upload, { pending, absent, older }), ...stillAbsent.map(({ message }) => message)].join('; ') })
  }
  return remarks
}

/** Whether its rows were all there and some of them may have been applied. */
export function isHalfApplied({ appliedOrder, totalRecords }: Pick<Upload, 'appliedOrder' | 'totalRecords'>): boolean {
  return appliedOrder !== null && totalRecords !== null
}

export function byOrder(a: Pick<Upload, 'appliedOrder'>, b: Pick<Upload, 'appliedOrder'>): number {
  return a.appliedOrder! - b.appliedOrder!
}

function finishedText(upload: Upload, { pending, absent, older }: { pending: number, absent: number, older: string | undefined }): string {
  return [
    `upload ${upload.id} (${upload.filename}) had been cut off while its rows were decided: ${pending === 0 ? 'it was' : pending === 1 ? 'the row that was left was decided and it was' : `the ${pending} rows that were left were decided and it was`} completed first`,
    ...(absent > 0 ? [`it is a snapshot and no longer names ${absent} ${absent === 1 ? 'loan' : 'loans'}`] : []),
    ...(older ? [older] : []),
  ].join('; ')
}
