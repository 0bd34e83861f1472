import { type SQL, sql, type SQLWrapper } from 'drizzle-orm'
import type { Backend } from './backend.ts'

/** True where a column holds one of the ids. However many they are, they are one parameter: both databases limit how many a statement may have. */
export function isOneOf({ rowsOf }: Backend, column: SQLWrapper, ids: number[]): SQL {
  return sql`${column} in (select i.id from ${rowsOf(ids.map(id => ({ id })), { id: 'bigint' }, 'i')})`
}
