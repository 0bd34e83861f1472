import { type ColumnMap, distinctHeaders, type Field, mapColumns, REQUIRED_FIELDS } from './columns.ts'
import { joinHeaderRows, standsUnderOthers } from './join-header-rows.ts'
import { findDataDate } from './title-date.ts'

/** How many records from the top may hold the header. */
export const HEADER_WITHIN = 20
const LEAST_KNOWN = 3
const SHOWN = 20

export type MapColumns = (headers: string[]) => ColumnMap
export interface TopRecord { cells: string[], line: number }

export interface FoundHeader {
  ok: true
  /** Where the header stands among the records; the rows of loans begin `rows` records later. */
  index: number
  /** 2 where a merged header lies over two records. */
  rows: 1 | 2
  line: number
  headers: string[]
  columns: ColumnMap
  titles: TopRecord[]
  /** `YYYY-MM-DD` of an "as on" in the titles. */
  dataDate: string | null
}

export interface NoHeader {
  ok: false
  /** The record that knows most fields; 0 where there is no record at all. */
  line: number
  headers: string[]
  missing: Field[]
  message: string
}

interface Candidate { index: number, rows: 1 | 2, headers: string[], columns: ColumnMap, known: number }

/** Finds the header among the first records of a file: the record, or the two of a merged header, that names most fields. */
export function findHeader(records: readonly TopRecord[], map: MapColumns = mapColumns): FoundHeader | NoHeader {
  const top = records.slice(0, HEADER_WITHIN)
  const single = best(top.map(({ cells }, index) => candidate(index, 1, cells, map)))
  const pair = best(joined(top, map))
  const isForeign = single !== undefined && single.index > 0 && standsUnderOthers(top[single.index - 1]!.cells, single.columns)
  const found = isHeader(single) && !isForeign && single.known >= (isHeader(pair) ? pair.known : 0) ? single : pair
  if (!isHeader(found))
    return refusal(top, isForeign ? pair : single)
  const titles = top.slice(0, found.index)
  return { ok: true, index: found.index, rows: found.rows, line: top[found.index]!.line, headers: found.headers, columns: found.columns, titles, dataDate: findDataDate(titles.map(({ cells }) => cells)) }
}

/** How many fields the best record, or pair of records, of the top names: what tells one delimiter from another. */
export function countKnown(records: readonly TopRecord[], map: MapColumns = mapColumns): number {
  const top = records.slice(0, HEADER_WITHIN)
  return Math.max(0, ...top.map(({ cells }, index) => candidate(index, 1, cells, map).known), ...joined(top, map).map(({ known }) => known))
}

function joined(top: readonly TopRecord[], map: MapColumns): Candidate[] {
  return top.slice(0, -1).map(({ cells }, index) => candidate(index, 2, joinHeaderRows(cells, top[index + 1]!.cells, map), map))
}

function candidate(index: number, rows: 1 | 2, cells: string[], map: MapColumns): Candidate {
  const headers = distinctHeaders(cells)
  const columns = map(headers)
  // A second phone is one of its two columns twice: it says nothing about being a header.
  const known = Object.keys(columns.positions).filter(field => field !== 'alternate_phone').length
  return { index, rows, headers, columns, known }
}

function best(candidates: Candidate[]): Candidate | undefined {
  return candidates.reduce<Candidate | undefined>((most, next) => most && most.known >= next.known ? most : next, undefined)
}

function isHeader(found: Candidate | undefined): found is Candidate {
  return found !== undefined && found.columns.missing.length === 0 && found.known >= LEAST_KNOWN
}

function refusal(top: readonly TopRecord[], single: Candidate | undefined): NoHeader {
  const missing = single?.columns.missing ?? [...REQUIRED_FIELDS]
  if (!single)
    return { ok: false, line: 1, headers: [], missing, message: `no column for ${missing.join(', ')}; there is no line at all` }
  const { line } = top[single.index + single.rows - 1]!
  const shown = single.headers.slice(0, SHOWN).map(header => header.slice(0, 60)).join(', ')
  const place = line === 1 ? 'its first line' : `line ${line}`
  return { ok: false, line, headers: single.headers, missing, message: `no column for ${missing.join(', ')}; ${place} reads: ${shown}` }
}
