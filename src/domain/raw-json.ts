// Nothing in here needs an escape in JSON.
const PLAIN = /^[ !#-[\]-~]*$/

/** The keys of a header's columns as JSON, made once: a header stands over a million rows. */
const KEYS = new WeakMap<string[], string[]>()

/** JSON text of the row under the file's own headers, written by hand so that a header named `__proto__` is only a name. */
export function rawJson(headers: string[], cells: string[]): string {
  let keys = KEYS.get(headers)
  if (!keys)
    KEYS.set(headers, keys = headers.map((header, at) => keyOf(header, at)))

  const width = Math.max(headers.length, cells.length)
  let text = ''
  for (let at = 0; at < width; at++)
    text += (keys[at] ?? keyOf(`column ${at + 1}`, at)) + quoted(cells[at] ?? '')
  return `{${text}}`
}

const keyOf = (header: string, at: number) => `${at === 0 ? '' : ','}${JSON.stringify(header)}:`
const quoted = (cell: string) => PLAIN.test(cell) ? `"${cell}"` : JSON.stringify(cell)
