import type { Store } from '../db/store.ts'
import { istDate, istDay, startOfIstDay } from '../domain/ist.ts'
import type { Remark } from './import-report.ts'
import { underWay } from './under-way.ts'

interface Upload { id: number, source: string, settings: unknown }

/** That a newer file spoke of some of the loans; of an upload that was cut off, what was said before its rows went over that. Nothing is refused: a file may have been found late, and corrected rejects are of the day of their file. */
export async function findOlder(store: Store, upload: Upload, dataDate: Date): Promise<string | undefined> {
  const { older } = underWay(upload)
  if (older)
    return older
  const newer = await store.findNewerUpload(upload, startOfIstDay(istDay(dataDate) + 1))
  return newer && `its data is of ${istDate(dataDate)}, and upload ${newer.id} (${newer.filename}) told of some of its loans as of ${istDate(newer.dataDate)}: the older figures of those stand now; if that is not meant: vacli import undo ${upload.id}, or import ${newer.filename} again with --force`
}

export function olderWarning(older: string | undefined): Remark[] {
  return older ? [{ line: null, code: 'OLDER_FILE', message: older }] : []
}
