import type { FileHandle } from 'node:fs/promises'
import { VacliError } from '../errors.ts'
import type { RecordSource } from './loan-file.ts'
import { readHead } from './read-bytes.ts'
import { type WorkbookCell, workbookCellText } from './workbook-cell.ts'
import { MAX_UNPACKED_BYTES } from './zip-entries.ts'

const BATCH = 1000

/** The rows of a workbook's sheet as records; their line is their row in the sheet. It is unpacked once, also where only its top was looked at before. */
export function createWorkbookSource(handle: FileHandle, bytes: number, name: string, sheet: string | undefined): RecordSource {
  let kept: WorkbookCell[][] | undefined
  return {
    async* recordBatches() {
      const rows = kept ??= await readRows(handle, bytes, name, sheet)
      for (let at = 0; at < rows.length; at += BATCH)
        yield rows.slice(at, at + BATCH).map((cells, index) => ({ cells: cells.map(workbookCellText), line: at + index + 1 }))
      kept = undefined
    },
    notices: () => [],
  }
}

async function readRows(handle: FileHandle, bytes: number, name: string, sheet: string | undefined): Promise<WorkbookCell[][]> {
  if (bytes > MAX_UNPACKED_BYTES)
    throw new VacliError('invalid', `${name} is a workbook of more than 100 MB`, { hint: 'Save the sheet as "CSV UTF-8 (Comma delimited)"; CSV has no such limit.' })
  // Loaded for workbooks alone: the libraries cost as much time as the start of the program.
  const [{ repackWorkbook }, { readSheet }] = await Promise.all([import('./unpack-workbook.ts'), import('./read-sheet.ts')])
  return readSheet(repackWorkbook(await readHead(handle, bytes), name), sheet, name)
}
