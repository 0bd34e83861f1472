import { and, asc, desc, eq, isNull, ne, or, sql } from 'drizzle-orm'
import type { KeyedDecision } from '../domain/known.ts'
import type { Backend } from './backend.ts'
import { keepHalf } from './answer-store.ts'

/** What a person answered about a pair, with the question that it was. */
export interface PairAnswer extends KeyedDecision { kind: string, rule: string, score: number | null, by: string, at: Date, /** The number of the question. */ reviewId?: number }

/** What people answered about pairs of borrowers. No dial that was judged before an answer starts after it. */
export function reviewStore(backend: Backend) {
  const { db, schema, batch } = backend
  const { pairDecisions: d, reviews } = schema
  return {
    /** Decisions about pairs that stand, oldest first. */
    async findDecisions(): Promise<KeyedDecision[]> {
      const found = await db.select({ a: d.identityA, b: d.identityB, keyA: d.keyA, keyB: d.keyB, verdict: d.verdict, rule: d.rule }).from(d).where(isNull(d.undoneAt)).orderBy(asc(d.id))
      return found.map(({ keyA, keyB, rule, ...decision }) => ({ ...decision, isAboutLoan: rule.startsWith('loan'), keys: [keyA, keyB] }))
    },

    async findDecision(id: number) {
      const [decision] = await db.select().from(d).where(eq(d.id, id))
      return decision
    },

    /** The newest answer to a question that had this number. */
    async findDecisionOn(reviewId: number) {
      const [decision] = await db.select().from(d).where(eq(d.reviewId, reviewId)).orderBy(desc(d.id)).limit(1)
      return decision
    },

    /** Decisions about one of the identities, newest first, those that were taken back too. */
    async findDecisionsAbout(identities: string[]) {
      const r = backend.rowsOf(identities.map(identity => ({ identity })), { identity: 'text' })
      return db.select().from(d).where(sql`${d.identityA} in (select r.identity from ${r}) or ${d.identityB} in (select r.identity from ${r})`).orderBy(desc(d.id))
    },

    async findReview(id: number) {
      const [review] = await db.select().from(reviews).where(eq(reviews.id, id))
      return review
    },

    /** Keeps an answer, and takes an earlier one to the same question back; that two who were set apart on a phone are two on a loan as well takes nothing back. Returns its number. */
    async decidePair({ a, b, keys, verdict, kind, rule, score, by, at, reviewId }: PairAnswer, customerIds: number[]): Promise<number> {
      const [first, second] = a < b ? [{ identity: a, key: keys[0] }, { identity: b, key: keys[1] }] : [{ identity: b, key: keys[1] }, { identity: a, key: keys[0] }]
      const isPair = and(eq(d.identityA, first.identity), eq(d.identityB, second.identity), isNull(d.undoneAt), or(ne(d.verdict, verdict), eq(d.kind, kind)))
      const [, , , [made]] = await batch(tx => [
        ...keepHalf(backend, { customerIds, loanKeys: [] }, at),
        tx.update(d).set({ undoneAt: at, undoneBy: by }).where(isPair),
        tx.insert(d).values({ identityA: first.identity, identityB: second.identity, keyA: first.key, keyB: second.key, verdict, kind, rule, score, decidedBy: by, decidedAt: at, reviewId }).returning({ id: d.id }),
      ])
      return made!.id
    },

    /** Takes a decision back; false where it was already. */
    async undoDecision(id: number, { by, at }: { by: string, at: Date }, customerIds: number[]): Promise<boolean> {
      const [, , undone] = await batch(tx => [
        ...keepHalf(backend, { customerIds, loanKeys: [] }, at),
        tx.update(d).set({ undoneAt: at, undoneBy: by }).where(and(eq(d.id, id), isNull(d.undoneAt))).returning({ id: d.id }),
      ])
      return undone.length > 0
    },
  }
}
