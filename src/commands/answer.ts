import { closeSync, existsSync, openSync, writeSync } from 'node:fs'
import type { Context } from '../context.ts'
import { markedCell } from '../domain/reject-columns.ts'
import { VacliError } from '../errors.ts'
import { emitJson, emitNdjson, jsonText, pickFields } from '../ui/emit.ts'
import type { Io } from '../ui/io.ts'
import type { Column } from '../ui/table.ts'
import { plainMessage } from '../ui/plain-text.ts'
import type { ListView } from './views/list-view.ts'

/** The io an answer goes to: stdout, or the file of --output, which is made for its owner alone and never written over. */
export function answerIo({ io, flags, onClose }: Context): Io {
  if (!flags.output)
    return io
  let file: number
  try {
    file = openSync(flags.output, 'wx', 0o600)
  }
  catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST'
    throw new VacliError('invalid', exists ? `${flags.output} is there already` : `${flags.output} cannot be written: ${(error as Error).message}`, { hint: 'Name another file with --output.', cause: error })
  }
  onClose(() => closeSync(file))
  return { ...io, out: text => void writeSync(file, text), stdoutIsTerminal: false, colour: false, columns: io.columns, rows: io.rows }
}

/** Fails before the work where the answer could not be written after it. */
export function verifyOutputIsNew({ flags: { output } }: Context): void {
  if (output && existsSync(output))
    throw new VacliError('invalid', `${output} is there already`, { hint: 'Name another file with --output.' })
}

/** Prints a list as it was asked for: JSON, NDJSON, CSV, a table on a terminal, tab-separated lines in a pipe. */
export async function answerList<Row>(context: Context, view: ListView<Row>, rows: Row[], total: number): Promise<void> {
  const { flags } = context
  const fields = readFields(flags.fields, view)
  const io = answerIo(context)
  const json = (row: Row) => fields ? pickFields(view.json(row), fields) : view.json(row)
  if (flags.json)
    return emitJson(io, { total, shown: rows.length, data: rows.map(json) })
  if (flags.ndjson)
    return emitNdjson(io, rows.map(json))
  if (flags.csv || flags.output?.endsWith('.csv'))
    return answerCsv(io, fields ?? view.fields, rows.map(json), { bom: Boolean(flags.output) })
  return answerTable(context, io, view, rows, { total, fields })
}

function readFields<Row>(text: string | undefined, view: ListView<Row>): string[] | undefined {
  const fields = text?.split(',').map(field => field.trim()).filter(Boolean)
  const unknown = fields?.find(field => !view.fields.includes(field))
  if (unknown !== undefined)
    throw new VacliError('invalid', `there is no field "${unknown}"`, { hint: `Known fields: ${view.fields.join(', ')}` })
  return fields
}

/** The columns of the fields that were asked for, in their order; a field that no column shows stands as JSON has it. */
function columnsOf<Row>(view: ListView<Row>, exact: boolean, fields: string[] | undefined): Column<Row>[] {
  const columns = view.columns(exact)
  return fields?.map(name => columns.find(({ key }) => key === name) ?? { key: name, title: name.replaceAll('_', ' '), priority: 1, text: row => String(csvCell(view.json(row)[name])) }) ?? columns
}

async function answerTable<Row>(context: Context, io: Io, view: ListView<Row>, rows: Row[], { total, fields }: { total: number, fields: string[] | undefined }) {
  const columns = columnsOf(view, !io.stdoutIsTerminal, fields)
  if (!io.stdoutIsTerminal) {
    const { tabLines } = await import('../ui/tab-lines.ts')
    io.out(tabLines(columns, rows))
  }
  else if (rows.length > 0) {
    const { renderTable } = await import('../ui/table.ts')
    const { text, hidden } = renderTable(columns, rows, { width: io.columns, colour: io.colour })
    io.out(text)
    if (hidden.length > 0)
      context.io.err(`hidden for width: ${hidden.join(', ')}; see all with --json\n`)
  }
  if (rows.length === 0)
    context.io.err('nothing fits\n')
  else if (rows.length < total)
    context.io.err(`Showing ${rows.length} of ${total}; --limit 0 shows all\n`)
}

async function answerCsv(io: Io, header: readonly string[], rows: Record<string, unknown>[], { bom }: { bom: boolean }) {
  const { csvLine } = await import('../csv/write-csv.ts')
  const safe = io.stdoutIsTerminal ? plainMessage : (line: string) => line
  io.out(safe(csvLine(header, { bom })))
  for (const row of rows)
    io.out(safe(csvLine(header.map(key => csvCell(row[key])))))
}

// No escape byte leaves, whoever reads on: what a program needs to the byte stands in the JSON.
function csvCell(value: unknown): string | number | boolean {
  if (value === null || value === undefined)
    return ''
  if (typeof value === 'string')
    return markedCell(plainMessage(value))
  return typeof value === 'object' ? jsonText(value) : value as number | boolean
}
