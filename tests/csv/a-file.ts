import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll } from 'vitest'
import { type FileNotice, openLoanFile, type OpenOptions } from '../../src/csv/loan-file.ts'
import { VacliError } from '../../src/errors.ts'

export const folder = mkdtempSync(join(tmpdir(), 'vacli-csv-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0

/** A file with these bytes, in a folder that is removed after the tests. */
export function aFile(bytes: string | Buffer, name = 'loans.csv'): string {
  const path = join(mkdtempSync(join(folder, `${count++}-`)), name)
  writeFileSync(path, bytes)
  return path
}

export interface ReadFile { rows: [line: number, ...cells: string[]][], notices: FileNotice[], format: string, kind: string }

/** All that a file says: each record with its line. */
export async function readFile(bytes: string | Buffer, options: OpenOptions & { name?: string } = {}): Promise<ReadFile> {
  return readPath(aFile(bytes, options.name), options)
}

export async function readPath(path: string, options: OpenOptions = {}): Promise<ReadFile> {
  const file = await openLoanFile(path, Readable.from([]), options)
  try {
    const rows: ReadFile['rows'] = []
    for await (const batch of file.recordBatches()) {
      for (const { cells, line } of batch)
        rows.push([line, ...cells])
    }
    await file.verifyUnchanged()
    return { rows, notices: file.notices(), format: file.format, kind: file.kind }
  }
  finally {
    await file.close()
  }
}

/** The words of a refusal; fails where the file was read after all, or where the failure was not foreseen. */
export async function refusal(reading: Promise<unknown>): Promise<string> {
  try {
    await reading
  }
  catch (error) {
    if (error instanceof VacliError)
      return error.message
    throw error
  }
  throw new Error('it was not refused')
}

export async function allOf<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values)
    all.push(value)
  return all
}
