/** The value without what PostgreSQL refuses in text and JSON: NUL goes, half a character becomes U+FFFD. Both databases then hold the same. */
export function storable<Value>(value: Value): Value {
  if (typeof value === 'string')
    return Buffer.from(value.replaceAll('\0', '')).toString() as Value
  if (Array.isArray(value))
    return value.map(storable) as Value
  if (typeof value === 'object' && value !== null && !(value instanceof Date))
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [storable(key), storable(member)])) as Value
  return value
}

/** Rows as one JSON parameter. They are only cleaned where their text shows a reason: most files have none. */
export function jsonOf(rows: unknown[]): string {
  const text = JSON.stringify(rows)
  return /\\u0000|\\ud/.test(text) ? JSON.stringify(storable(rows)) : text
}
