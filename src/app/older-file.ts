import type { Store } from '../db/store.ts'
import { istDate, istDay, startOfIstDay } from '../domain/ist.ts'
import { EXAMPLES, type Remark } from './import-report.ts'
import { underWay } from './under-way.ts'

interface Upload { id: number, source: string, dataDate: Date, settings: unknown }

/** That a newer file spoke of some of the loans; of an upload that was cut off, what was said before its rows went over that. Nothing is refused: a file may have been found late, and corrected rejects are of the day of their file. */
export async function findOlder(store: Pick<Store, 'findNewerUpload'>, upload: Upload): Promise<string | undefined> {
  const { older } = underWay(upload)
  const { dataDate } = upload
  if (older)
    return older
  const newer = await store.findNewerUpload(upload, startOfIstDay(istDay(dataDate) + 1))
  return newer && `its data is of ${istDate(dataDate)}, and upload ${newer.id} (${newer.filename}) told of some of its loans as of ${istDate(newer.dataDate)}: the older figures of those stand now; if that is not meant: vacli import undo ${upload.id}, or import ${newer.filename} again with --force`
}

export function olderWarning(older: string | undefined): Remark[] {
  return older ? [{ line: null, code: 'OLDER_FILE', message: older }] : []
}

/** That some of the loans stay absent, because a snapshot after the upload does not name them: their borrowers have paid since. */
export async function tellStillAbsent(store: Pick<Store, 'findSnapshotsAfter' | 'findStillAbsent'>, upload: Upload): Promise<Remark[]> {
  if ((await store.findSnapshotsAfter(upload)).length === 0)
    return []
  const absent = await store.findStillAbsent(upload.id)
  if (absent.length === 0)
    return []
  const isOne = absent.length === 1 && absent[0]!.loans === 1
  const [stay, them] = isOne ? ['1 of its loans stays absent and is not called', 'it'] : [`${absent.reduce((sum, { loans }) => sum + loans, 0)} of its loans stay absent and are not called`, 'them']
  const snapshots = absent.slice(0, EXAMPLES).map(({ id, filename, dataDate }) => `upload ${id} (${filename}) of ${istDate(dataDate)}`)
  const more = absent.length > EXAMPLES ? ` and ${absent.length - EXAMPLES} more` : ''
  return [{ line: null, code: 'STILL_ABSENT', message: `its data is of ${istDate(upload.dataDate)}, and ${stay}: a newer snapshot no longer names ${them}, ${snapshots.join(', ')}${more}; if that is wrong: import a file of that day or later that names ${them}, or vacli import undo ${absent[0]!.id} if that file was not whole` }]
}
