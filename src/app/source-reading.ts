import type { Store } from '../db/store.ts'
import type { DateOrder } from '../domain/loan-date.ts'
import type { ColumnMapping } from '../domain/column-mapping.ts'

/** How the files of a source are read, where that cannot be found in the file. */
export interface Reading { mapping?: ColumnMapping, sheet?: string, encoding?: string, delimiter?: string, dateOrder?: DateOrder }

/** What was said of a source's files before, and what is said now; what is said now goes first. */
export async function recallReading(store: Pick<Store, 'findSourceReading'>, source: string, said: Reading): Promise<Reading> {
  const known: Reading | undefined = source === '' ? undefined : await store.findSourceReading(source)
  return { ...known, ...said, ...(known?.mapping || said.mapping ? { mapping: { ...known?.mapping, ...said.mapping } } : {}) }
}

/** Remembers how the files of a named source are read, once one was read so. */
export async function rememberReading(store: Pick<Store, 'keepSourceReading'>, source: string, reading: Reading): Promise<void> {
  if (source !== '' && Object.keys(reading).length > 0)
    await store.keepSourceReading(source, reading)
}

/** Of a reading, how the bytes become cells. */
export function formatOf({ sheet, encoding, delimiter }: Reading): Pick<Reading, 'sheet' | 'encoding' | 'delimiter'> {
  return { ...(sheet === undefined ? {} : { sheet }), ...(encoding === undefined ? {} : { encoding }), ...(delimiter === undefined ? {} : { delimiter }) }
}
