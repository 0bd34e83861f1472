import { groupBy } from '../group-by.ts'
import { zerolessId } from '../zero-spellings.ts'
import { disjointSets } from './union-find.ts'

/** A row that must be decided with others, and the customer who has its loan, where that is known. */
export interface TangledRow { id: number, phone: string | null, loanKey: string, ownerId: number | null, ownerPhone: string | null }

/** Ids of rows by the blocks in which they are decided, each block whole, as many blocks to a chunk as have room. */
export function tangledChunks(rows: readonly TangledRow[], size: number): number[][] {
  const sets = disjointSets(rows.length)
  const firstOf = new Map<string, number>()
  for (const [at, { phone, loanKey, ownerId, ownerPhone }] of rows.entries()) {
    const keys = [phone, `loan ${zerolessId(loanKey) ?? loanKey}`, ownerPhone, ownerId === null ? null : `owner ${ownerId}`]
    for (const key of keys.filter(key => key !== null)) {
      const first = firstOf.get(key)
      firstOf.set(key, first ?? at)
      sets.join(first ?? at, at)
    }
  }
  const chunks: number[][] = []
  for (const places of groupBy(rows.keys(), at => sets.find(at)).values()) {
    const last = chunks.at(-1)
    if (last && last.length + places.length <= size)
      last.push(...places.map(at => rows[at]!.id))
    else
      chunks.push(places.map(at => rows[at]!.id))
  }
  return chunks
}
