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
  const said = Object.entries(mapping).map(([header, field]) => [headerKey(header), field] as const)
  const fields = new Set(said.map(([, field]) => field))
  if (said.length === 0)
    return mapColumns
  return (headers) => {
    const given = new Map(said)
    // A column that was named is no other field, and a field that was named is no other column.
    const places = new Map<Field, number>()
    headers.forEach((header, at) => {
      const field = given.get(headerKey(header))
      if (field && !places.has(field))
        places.set(field, at)
    })
    const others = mapColumns(headers.map((header, at) => [...places.values()].includes(at) ? `\u0000${at}` : header))
    const positions = { ...Object.fromEntries(Object.entries(others.positions).filter(([field]) => !fields.has(field as Field))), ...Object.fromEntries(places) }
    return { ...others, positions, missing: mapColumns([]).missing.filter(field => (positions as Partial<Record<Field, number>>)[field] === undefined) }
  }
}
