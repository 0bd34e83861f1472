import { VacliError } from '../errors.ts'
import type { Io } from './io.ts'
import { HIDDEN_MARKS } from './plain-text.ts'

// JSON.stringify escapes C0 and lone halves, and leaves these raw.
const RAW_IN_JSON = new RegExp(`[\\u007f-\\u009f\\u2028\\u2029${HIDDEN_MARKS}]`, 'gu')

/** Exactly one JSON document on stdout, without a raw control character in it. */
export function emitJson(io: Io, value: unknown): void {
  io.out(`${jsonText(value, 2)}\n`)
}

/** One JSON document a line, as the rows come. */
export async function emitNdjson(io: Io, rows: Iterable<unknown> | AsyncIterable<unknown>): Promise<void> {
  for await (const row of rows)
    io.out(`${jsonText(row)}\n`)
}

/** The named fields, in the order they were asked for. */
export function pickFields(row: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> {
  const unknown = fields.find(field => !Object.hasOwn(row, field))
  if (unknown !== undefined)
    throw new VacliError('invalid', `there is no field "${unknown}"`, { hint: `Known fields: ${Object.keys(row).join(', ')}` })
  return Object.fromEntries(fields.map(field => [field, row[field]]))
}

/** JSON without a raw control character or a hidden mark in it. */
export function jsonText(value: unknown, indent?: number): string {
  // By UTF-16 unit: JSON has no escape for a whole astral character.
  return JSON.stringify(value, null, indent).replace(RAW_IN_JSON, found => found.split('').map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''))
}
