import Table from 'cli-table3'
import { plainText } from './plain-text.ts'
import { fitColumns, GAP, type ColumnSpace, type FittedColumn } from './table-layout.ts'
import { fitText, textWidth } from './text-width.ts'
import { tones, type Tone, type Tones } from './tones.ts'

export interface Column<Row> {
  key: string
  title: string
  align?: 'left' | 'right'
  /** 1 is never hidden; the highest number is hidden first. */
  priority: number
  /** The column may be cut down to this width; without it, it is never cut. */
  min?: number
  text: (row: Row) => string
  tone?: (row: Row) => Tone | undefined
}

export interface RenderedTable {
  text: string
  /** Titles of the columns that the terminal is too narrow for. */
  hidden: string[]
}

interface Cell {
  text: string
  tone?: Tone
}

type TextColumn<Row> = Column<Row> & ColumnSpace & { cells: string[] }

const SCREENFUL = 200

// What cli-table3 measures right. It carries an old string-width, which gives every sign of an Indic syllable a column.
const WESTERN = /^[ -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027₹]*$/

/** A table that fits the width, header first. It ends in a line end. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], { width, colour }: { width: number, colour: boolean }): RenderedTable {
  const { shown, hidden } = fitColumns(columns.map(column => measure(column, rows)), width)
  const paint = tones({ colour })
  const head = shown.map(({ column }): Cell => ({ text: plainText(column.title), tone: 'strong' }))
  const body = rows.map((row, index) => shown.map(({ column }): Cell => ({ text: column.cells[index] ?? '', tone: column.tone?.(row) })))

  // cli-table3 takes 25 s for 20,000 rows.
  const isScreenful = rows.length > 0 && rows.length <= SCREENFUL && [head, ...body].flat().every(({ text }) => WESTERN.test(text))
  const draw = isScreenful ? drawScreenful : drawRowByRow
  return { text: draw(shown, head, body, paint), hidden }
}

function measure<Row>(column: Column<Row>, rows: readonly Row[]): TextColumn<Row> {
  const cells = rows.map(row => plainText(column.text(row)))
  const natural = cells.reduce((widest, cell) => Math.max(widest, textWidth(cell)), textWidth(plainText(column.title)))
  return { ...column, cells, natural: Math.max(1, natural) }
}

function drawScreenful<Row>(shown: FittedColumn<TextColumn<Row>>[], head: Cell[], body: Cell[][], paint: Tones): string {
  const cut = (cells: Cell[]) => cells.map(({ text, tone }, index) => painted(fitText(text, shown[index]?.width ?? 0), tone, paint))
  const table = new Table({
    head: cut(head),
    colWidths: shown.map(({ width }) => width),
    colAligns: shown.map(({ column }) => column.align ?? 'left'),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    chars: {
      top: '', 'top-left': '', 'top-mid': '', 'top-right': '', bottom: '', 'bottom-left': '', 'bottom-mid': '', 'bottom-right': '',
      left: '', 'left-mid': '', right: '', 'right-mid': '', mid: '─', 'mid-mid': GAP, middle: GAP,
    },
  })
  table.push(...body.map(cut))
  return `${table.toString().replace(/ +$/gm, '')}\n`
}

function drawRowByRow<Row>(shown: FittedColumn<TextColumn<Row>>[], head: Cell[], body: Cell[][], paint: Tones): string {
  const line = (cells: Cell[]) => cells
    .map(({ text, tone }, index) => {
      const { column, width } = shown[index]!
      const fitted = fitText(text, width)
      const padding = ' '.repeat(Math.max(0, width - textWidth(fitted)))
      return column.align === 'right' ? padding + painted(fitted, tone, paint) : painted(fitted, tone, paint) + padding
    })
    .join(GAP)
    .replace(/ +$/, '')

  const rule = shown.map(({ width }) => '─'.repeat(width)).join(GAP)
  return `${[line(head), rule, ...body.map(line)].join('\n')}\n`
}

function painted(text: string, tone: Tone | undefined, paint: Tones) {
  return tone ? paint[tone](text) : text
}
