import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { MapColumns } from '../domain/find-header.ts'
import { REJECT_COLUMNS } from '../domain/reject-columns.ts'
import { VacliError } from '../errors.ts'
import { createUtf8Check, parseEncoding } from './encoding.ts'
import { type FileKind, readFileKind, verifyText } from './file-kind.ts'
import { readBytes, readHead } from './read-bytes.ts'
import type { CsvRecord } from './record-reader.ts'
import { parseDelimiter, sniffDelimiter } from './sniff-delimiter.ts'
import { putStdinAside } from './stdin-aside.ts'
import { readBeginning, sniffEncoding, type TextFormat, type TextWishes, verifyBeginning } from './text-format.ts'
import { createTextSource } from './text-source.ts'
import { createWorkbookSource } from './workbook-source.ts'

// A record may be half as long, so that each that begins in the first half is seen whole or too long.
const HEAD_BYTES = 2_097_152
const HEADER_BYTES = 65_536

/** Something about a file that a person should know; it is read all the same. */
export interface FileNotice { line: null, code: string, message: string }

/** Where the records of a file come from once its kind is known. */
export interface RecordSource {
  recordBatches(): AsyncIterable<CsvRecord[]>
  /** Complete once the records have been read to their end. */
  notices(): FileNotice[]
}

/** A file to import: its bytes are known by their hash before the first row is read. */
export interface LoanFile extends RecordSource {
  name: string
  sha256: string
  bytes: number
  kind: FileKind
  /** How it was read, in words: `utf-8, comma`. */
  format: string
  /** Fails when the file is no longer the one that was hashed. */
  verifyUnchanged(): Promise<void>
  close(): Promise<void>
}

/** How the bytes of a file are read, as a person says it. */
export interface FileFormat {
  encoding?: string
  delimiter?: string
  /** The sheet of a workbook, by its name; the first one by default. */
  sheet?: string
}

export interface OpenOptions extends FileFormat {
  /** How files of the same source are read, where nothing is said of this one. A file of rejects is none of the source's: this program or a spreadsheet wrote it. */
  remembered?: FileFormat
  /** Finds fields among headers; what `--map` adds must be known to it. */
  map?: MapColumns
}

/** Opens a file by its path; `-` takes standard input, which is put aside first so that it can be hashed and read again. */
export async function openLoanFile(path: string, stdin: NodeJS.ReadableStream, options: OpenOptions = {}): Promise<LoanFile> {
  const wishes = readWishes(options, options.map)
  const ofSource = readWishes({ ...options.remembered, ...options }, options.map)
  const aside = path === '-' ? await putStdinAside(stdin) : undefined
  const name = aside ? 'stdin' : basename(path)
  try {
    const handle = await openRegular(aside?.path ?? path, path, name)
    try {
      return await openHandle(handle, aside?.path ?? path, name, { wishes, ofSource, remembered: options.remembered?.sheet, sheet: options.sheet }, aside?.remove)
    }
    catch (error) {
      await handle.close()
      throw error
    }
  }
  catch (error) {
    await aside?.remove()
    throw error
  }
}

interface Wishes { wishes: TextWishes, ofSource: TextWishes, sheet: string | undefined, remembered: string | undefined }

function readWishes({ encoding, delimiter }: FileFormat, map: MapColumns | undefined): TextWishes {
  return { encoding: encoding === undefined ? undefined : parseEncoding(encoding), delimiter: delimiter === undefined ? undefined : parseDelimiter(delimiter), map }
}

async function openHandle(handle: FileHandle, path: string, name: string, wishes: Wishes, remove = async () => {}): Promise<LoanFile> {
  const found = await handle.stat({ bigint: true })
  const head = await readHead(handle, HEAD_BYTES)
  const kind = readFileKind(head, name)
  const { sha256, source, format } = await openSource(handle, head, kind, name, { bytes: Number(found.size), ...wishes })
  return {
    name, sha256, kind, format,
    bytes: Number(found.size),
    ...source,
    async verifyUnchanged() {
      const now = [await handle.stat({ bigint: true }), await stat(path, { bigint: true }).catch(() => undefined)]
      if (now.some(one => one?.size !== found.size || one.mtimeNs !== found.mtimeNs || one.ino !== found.ino))
        throw new VacliError('invalid', `${name} changed while it was being read`, { hint: 'Import it again once it is complete.' })
    },
    async close() {
      await handle.close()
      await remove()
    },
  }
}

interface Opened { sha256: string, source: RecordSource, format: string }

async function openSource(handle: FileHandle, head: Buffer, kind: FileKind, name: string, { bytes, wishes: said, ofSource, sheet, remembered }: Wishes & { bytes: number }): Promise<Opened> {
  if (kind === 'xlsx')
    return { sha256: (await hash(handle, name)).sha256, source: createWorkbookSource(handle, bytes, name, sheet ?? remembered), format: 'xlsx' }
  if (sheet !== undefined)
    throw new VacliError('invalid', `${name} is no workbook; it has no sheet "${sheet}"`, { hint: 'Leave --sheet out.' })

  const wishes = namesRejects(head) ? said : ofSource
  const { strict, ...sniffed } = sniffEncoding(head, wishes.encoding)
  const beginning = readBeginning(head, sniffed)
  verifyText(beginning, name)
  const format: TextFormat = { ...sniffed, delimiter: wishes.delimiter ?? sniffDelimiter(beginning, wishes.map) }
  if (bytes > head.length)
    await verifyBeginning(beginning, format.delimiter, name, wishes.map)
  const { sha256, isUtf8 } = await hash(handle, name)
  if (format.encoding === 'utf-8' && !isUtf8 && strict)
    throw new VacliError('invalid', `${name} says it is UTF-8 and is not`, { hint: 'Export it again as "CSV UTF-8", or read it as it is: --encoding windows-1252' })
  if (format.encoding === 'utf-8' && !isUtf8)
    format.encoding = 'windows-1252'
  const source = createTextSource(handle, format, name)
  return { sha256, source, format: `${format.encoding}, ${source.delimiterName}` }
}

// In any encoding, as far as its header can stand.
function namesRejects(head: Buffer): boolean {
  return head.toString('latin1', 0, HEADER_BYTES).replaceAll('\0', '').toLowerCase().includes(REJECT_COLUMNS[0])
}

/** Opened without waiting, so that a pipe without a writer does not hold the import up. */
async function openRegular(path: string, given: string, name: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT'
      ? new VacliError('not_found', `there is no file ${given}`, { hint: 'Check the name: ls -l *.csv', cause: error })
      : new VacliError('invalid', `${name} cannot be opened: ${error.message}`, { hint: 'Give a CSV or .xlsx file that you may read.', cause: error })
  })
  const found = await handle.stat()
  if (found.isFile())
    return handle
  await handle.close()
  throw new VacliError('invalid', `${name} is ${found.isDirectory() ? 'a folder' : 'not a regular file'}`, { hint: 'Give the CSV file itself, or pipe it: cat file.csv | vacli import -' })
}

async function hash(handle: FileHandle, name: string): Promise<{ sha256: string, isUtf8: boolean }> {
  const sum = createHash('sha256')
  const check = createUtf8Check()
  try {
    for await (const chunk of readBytes(handle)) {
      sum.update(chunk)
      check.add(chunk)
    }
  }
  catch (error) {
    throw new VacliError('invalid', `${name} cannot be read: ${(error as Error).message}`, { cause: error })
  }
  return { sha256: sum.digest('hex'), isUtf8: check.isValid() }
}
