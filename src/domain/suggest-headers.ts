import { distance } from 'fastest-levenshtein'
import { aliasKeys, type ColumnMap, type Field, headerKey } from './columns.ts'

const SUGGESTED = 3
const MOST_SLIPS = 0.4
const LONGEST_HEADER = 60
const SHORTEST_PART = 4
// Numbers and names of others: what must never be dialled is never suggested either.
const OTHERS = /branch|employee|emp|officer|staff|guarantor|nominee|alt|reference|spouse|father|husband/i

/** The headers that come nearest to the fields a file lacks, best first: what a person may have meant by them. */
export function suggestHeaders(headers: readonly string[], { positions, missing }: Pick<ColumnMap, 'positions' | 'missing'>): { field: Field, headers: string[] }[] {
  const taken = new Set(Object.values(positions))
  const free = headers.filter((header, at) => !taken.has(at) && header.length <= LONGEST_HEADER && !OTHERS.test(header))
  return missing.map(field => ({
    field,
    headers: free.map(header => ({ header, slips: slipsOf(headerKey(header), field) })).filter(({ slips }) => slips <= MOST_SLIPS)
      .sort((a, b) => a.slips - b.slips).slice(0, SUGGESTED).map(({ header }) => header),
  }))
}

/** The hint to a refusal: one `--map` for each field that a header comes near to; undefined where none does. */
export function mappingHint(headers: readonly string[], columns: Pick<ColumnMap, 'positions' | 'missing'>): string | undefined {
  const found = suggestHeaders(headers, columns).flatMap(({ field, headers: [nearest] }) => nearest === undefined ? [] : [`--map "${nearest}=${field}"`])
  return found.length === 0 ? undefined : `Did you mean ${found.join(' ')}?`
}

function slipsOf(key: string, field: Field): number {
  const parts = aliasKeys(field).map((alias) => {
    const isPart = alias.length >= SHORTEST_PART && key.includes(alias)
    return isPart ? (1 - alias.length / key.length) * MOST_SLIPS : distance(alias, key) / Math.max(alias.length, key.length)
  })
  return key === '' ? 1 : Math.min(...parts)
}
