import { type Field, FIELDS, headerKey, mapColumns } from './columns.ts'
import type { MapColumns } from './find-header.ts'

/** What a person says of a file's columns: its headers → our fields. */
export type ColumnMapping = Record<string, Field>

/** `Cell No=phone` as a header and its field; undefined where it is none. */
export function parseMapping(text: string): [string, Field] | undefined {
  const at = text.lastIndexOf('=')
  const [header, name] = [text.slice(0, at).trim(), headerKey(text.slice(at + 1))]
  const field = FIELDS.find(one => headerKey(one) === name)
  return at < 1 || header === '' || !field ? undefined : [header, field]
}

/** Finds fields among headers, first by what a person said of them, then by the usual names. */
export function mapWith(mapping: ColumnMapping): MapColumns {
  const explicit = new Map(Object.entries(mapping))
  return explicit.size === 0 ? mapColumns : headers => mapColumns(headers, explicit)
}
