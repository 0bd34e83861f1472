import type { FileHandle } from 'node:fs/promises'
import { VacliError } from '../errors.ts'
import type { RecordSource } from './loan-file.ts'

export function createWorkbookSource(_: FileHandle, __: number, name: string, ___: string | undefined): RecordSource {
  return {
    recordBatches: () => { throw new VacliError('invalid', `${name} is a workbook`) },
    notices: () => [],
  }
}
