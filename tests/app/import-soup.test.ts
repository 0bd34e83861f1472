import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { importLoans, PLAIN_IMPORT } from '../../src/app/import-loans.ts'
import type { ImportReport } from '../../src/app/import-report.ts'
import { openSheet } from '../../src/app/open-sheet.ts'
import { openLoanFile } from '../../src/csv/loan-file.ts'
import { openRejectsFile } from '../../src/csv/rejects-file.ts'
import { mapColumns } from '../../src/domain/columns.ts'
import { VacliError } from '../../src/errors.ts'
import { aFile, readPath } from '../csv/a-file.ts'
import { NOW } from '../db/borrowers.ts'
import { BACKENDS, query, type Stage, useStage } from '../db/open-stores.ts'
import { SEED, sizeOf, tell } from '../faults/tell.ts'

const RUNS = sizeOf('SOUPS', 250, 5000)

tell(`files of any bytes: seed ${SEED}, ${RUNS} of each kind`)

const NAUGHTY = createRequire(import.meta.url)('big-list-of-naughty-strings') as string[]
const HEADERS = ['name,phone,loan_id,amount,due_date', 'Customer Name,Mobile No,Loan No,Due Amount,Branch,Remark', 'loan id,name,phone,last paid date,last paid amount,state', '__proto__,name,phone,loan_id,1,constructor']

const cell = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('Asha Rao', 'Ravi Kumar', '9812345678', '9911223344', '98123', '9.81235E+09', 'LN1', 'LN2', '2,500', '05/11/2026', '13-31-2026', 'Bihar', '', '-', 'Total', 'NA', '=1+1') },
  { weight: 2, arbitrary: fc.constantFrom('"', '""', 'a"b', '"a', 'a"', '\n', '\r\n', '\r', 'a\nb', ',', ';', '\t', '|', '\0', 'a\0b', '\x1a', '\ufeff', '\u00a0', 'é', '\u001b[31m') },
  { weight: 1, arbitrary: fc.constantFrom(...NAUGHTY) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
)
const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
const row = fc.array(fc.tuple(cell, fc.boolean()), { minLength: 1, maxLength: 7 }).map(cells => cells.map(([text, isRaw]) => isRaw ? text : quote(text)))
/** A row as most are: it has a chance to be used. */
const goodRow = fc.tuple(fc.constantFrom('Asha Rao', 'Ravi Kumar', 'Uma Devi'), fc.constantFrom('9812345678', '9911223344', '98123', ''), fc.constantFrom('LN1', 'LN2', 'LN3', 'LN4'), cell, cell, cell)
const encode = fc.constantFrom<(text: string) => Buffer>(
  text => Buffer.from(text), text => Buffer.from(`\ufeff${text}`), text => Buffer.from(text, 'latin1'),
  text => Buffer.from(`\ufeff${text}`, 'utf16le'), text => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
)

/** Something like a CSV: a header, rows good and odd, any delimiter, line end and encoding. */
const csvLike = fc.record({
  titles: fc.array(fc.constantFrom('XYZ Finance', 'as on 21-Nov-2026', ''), { maxLength: 2 }),
  header: fc.constantFrom(...HEADERS),
  rows: fc.array(fc.oneof({ weight: 2, arbitrary: goodRow.map(cells => cells.map(quote)) }, { weight: 1, arbitrary: row }), { maxLength: 8 }),
  delimiter: fc.constantFrom(',', ',', ';', '\t', '|'),
  lineEnds: fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 1, maxLength: 3 }),
  encode,
  isFitted: fc.boolean(),
}).map(({ titles, header, rows, delimiter, lineEnds, encode, isFitted }) => {
  const width = header.split(',').length
  // Rows as long as the header are no reason to stop, and are judged one by one.
  const fitted = rows.map(cells => isFitted ? Array.from({ length: width }, (_, at) => cells[at] ?? '') : cells)
  return encode([...titles, header.replaceAll(',', delimiter), ...fitted.map(cells => cells.join(delimiter))].map((line, at) => line + lineEnds[at % lineEnds.length]!).join(''))
})
const damaged = fc.tuple(csvLike, fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 0, 1, 3), fc.uint8Array({ maxLength: 3 })), { maxLength: 4 }))
  .map(([bytes, cuts]) => cuts.reduce((file, [at, length, instead]) => Buffer.concat([file.subarray(0, at % (file.length + 1)), instead, file.subarray(at % (file.length + 1) + length)]), bytes))
const noise = fc.uint8Array({ maxLength: 400 }).map(bytes => Buffer.from(bytes))

interface Outcome { path: string, report: ImportReport | null, error: unknown }

async function importBytes({ store }: Stage, bytes: Buffer): Promise<Outcome> {
  const path = aFile(bytes)
  try {
    const file = await openLoanFile(path, Readable.from([]))
    try {
      const report = await importLoans({ store, now: () => NOW, placeRejects: () => ({ absolute: '', open: (headers, origin) => openRejectsFile({ path: join(dirname(path), 'rejects.csv'), there: 'nothing' }, headers, origin) }) }, file, { ...PLAIN_IMPORT, operator: 'asha' })
      return { path, report, error: null }
    }
    finally {
      await file.close()
    }
  }
  catch (error) {
    return { path, report: null, error }
  }
}

/** The lines of a text, told without a parser: what follows a line end, NULs and a closing Ctrl-Z left out as the import leaves them out. */
function countLines(bytes: Buffer, format: string): number {
  const text = format.startsWith('utf-16') ? new TextDecoder(format.split(',')[0]).decode(bytes) : bytes.toString('latin1').replace(/^\xef\xbb\xbf/, '')
  const lines = text.replaceAll('\0', '').replace(/\x1a+$/, '').split(/\r\n|\n|\r/)
  return lines.at(-1) === '' ? lines.length - 1 : lines.length
}

const lineEndsIn = (cells: string[]) => cells.join('\u0001').match(/\r\n|\n|\r/g)?.length ?? 0

/** Where the rows below the header begin, line by line. */
async function linesBelowHeader(path: string): Promise<number[]> {
  const file = await openLoanFile(path, Readable.from([]))
  try {
    const lines: number[] = []
    for await (const batch of (await openSheet(file, mapColumns)).rows)
      lines.push(...batch.map(({ line }) => line))
    return lines
  }
  finally {
    await file.close()
  }
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, one) => all + one, 0)

/** Every line of the file is in one row, every row in one count, and customers and loans are what the counts say. */
async function verifyAddsUp(stage: Stage, bytes: Buffer, path: string, report: ImportReport) {
  const { rows: records, format } = await readPath(path)
  records.forEach(([line], at) => expect(line).toBe(at === 0 ? 1 : records[at - 1]![0] + 1 + lineEndsIn(records[at - 1]!.slice(1) as string[])))
  const [lastLine, ...last] = records.at(-1)!
  expect(lastLine + lineEndsIn(last)).toBe(countLines(bytes, format))

  const rows = await query(stage.backend, 'select line_number, status, code, message, match_customer_id, match_loan_id from upload_rows order by line_number')
  expect(rows.map(({ line_number }) => line_number)).toEqual(await linesBelowHeader(path))
  expect(await query(stage.backend, 'select status, total_records from file_uploads')).toEqual([{ status: 'completed', total_records: rows.length }])
  const counted: Record<string, number> = { pending: 0, created: 0, matched: 0, review: 0, rejected: 0, skipped: 0 }
  for (const { status } of rows)
    counted[String(status)]!++
  expect(report.rows).toEqual(counted)
  expect(report.rows.pending).toBe(0)
  expect(sum(report.rejectedByCode)).toBe(report.rows.rejected)
  expect(rows.filter(({ status, code, message }) => ['rejected', 'skipped', 'review'].includes(String(status)) && !(code && message))).toEqual([])
  expect(rows.filter(({ status, match_customer_id, match_loan_id }) => ['created', 'matched'].includes(String(status)) && !(match_customer_id && match_loan_id))).toEqual([])

  const written = report.rejectsFile === null ? [[]] : parse(readFileSync(report.rejectsFile), { bom: true, relax_column_count: true }) as string[][]
  expect(written.length - 1).toBe(report.rows.rejected)
  const [book] = await query(stage.backend, 'select (select count(*) from customers) as customers, (select count(*) from loans) as loans')
  expect(book).toEqual({ customers: report.counts.customersCreated, loans: report.counts.loansCreated })
}

async function verifyRefused(stage: Stage, error: unknown) {
  if (!(error instanceof VacliError))
    throw error
  expect(error.code).toBe('invalid')
  expect(error.message).not.toBe('')
  expect(await query(stage.backend, 'select (select count(*) from customers) as customers, (select count(*) from loans) as loans, (select count(*) from phones) as phones, (select count(*) from staff_phones) as staff')).toEqual([{ customers: 0, loans: 0, phones: 0, staff: 0 }])
  expect((await query(stage.backend, 'select status from file_uploads')).filter(({ status }) => status !== 'failed')).toEqual([])
}

describe('a file of any bytes', () => {
  const stage = useStage(BACKENDS[0]!)

  it.each([['random bytes', noise, 0], ['something like a CSV', csvLike, 0.4], ['a CSV that was damaged', damaged, 0.2]])('is refused and nothing applied, or every line of it counts once: %s', async (kind, files, leastTaken) => {
    let taken = 0
    await fc.assert(fc.asyncProperty(files, async (bytes) => {
      for (const table of ['upload_rows', 'customer_aliases', 'loans', 'customers', 'phones', 'staff_phones', 'file_uploads'])
        await query(stage.backend, `delete from ${table}`)
      const { path, report, error } = await importBytes(stage, bytes)
      if (!report)
        return verifyRefused(stage, error)
      taken++
      await verifyAddsUp(stage, bytes, path, report)
    }), { numRuns: RUNS, seed: SEED })
    tell(`${kind}: ${taken} of ${RUNS} were imported`)
    expect(taken).toBeGreaterThanOrEqual(RUNS * leastTaken)
  })
})
