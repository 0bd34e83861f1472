import { describe, expect, it } from 'vitest'
import { groupBy, groupByEach } from '../../../src/domain/group-by.ts'
import type { Known } from '../../../src/domain/known.ts'
import { type MatchPlan, planMatch } from '../../../src/domain/plan-match.ts'
import { knownAfter, NOBODY } from '../known-after.ts'
import { aVillage, shuffled, type VillageRow } from './a-village.ts'

const HOUSEHOLDS = 120
const SEEDS = Array.from({ length: 20 }, (_, at) => 5_000 + at)

const plan = (rows: VillageRow[], known = NOBODY) => planMatch(rows.map(({ row }, at) => ({ rowId: at + 1, row })), known)

/** Who owns which rows, who is new and how shown, and what is asked: whatever must not depend on the order of the rows. */
function told(rows: VillageRow[], { rows: planned, newCustomers, reviews, loans }: MatchPlan) {
  const tagOf = (rowId: number) => rows[rowId - 1]!.tag
  const side = ({ identity, fingerprint }: MatchPlan['reviews'][number]['a']) => ({ identity, fingerprint })
  return {
    rows: planned.map(({ rowId, fingerprint, loanId, status, code }) => [tagOf(rowId), fingerprint, loanId, status === 'review' ? code : 'stands'].join(' ')).sort(),
    customers: newCustomers.map(({ fingerprint, fullName, phone }) => [fingerprint, fullName, phone].join(' ')).sort(),
    loans: loans.map(({ loanId, fingerprint }) => [loanId, fingerprint].join(' ')).sort(),
    reviews: reviews.map(({ key, kind, rule, score, a, b, loanId }) => JSON.stringify({ key, kind, rule, score, a: side(a), b: side(b), loanId })).sort(),
  }
}

/** The owner of each row by its loan, which no other row names. */
const ownersOf = (rows: VillageRow[], known: Known) => {
  const ofLoan = new Map(known.loans.map(({ loanId, customerId }) => [loanId, customerId]))
  return new Map(rows.map(({ tag, row }) => [tag, ofLoan.get(row.loanId)]))
}

/** Which of the tags have one owner, whatever the owners are called. */
const shapeOf = (tags: string[], owners: ReadonlyMap<string, unknown>) => [...groupBy(tags, tag => owners.get(tag)).values()].map(all => all.sort().join(' ')).sort()

describe.each(SEEDS)('a village of the seed %i', (seed) => {
  const village = aVillage(HOUSEHOLDS, seed)

  it('is the same people and questions in any order of its rows', () => {
    const other = shuffled(village, seed)
    expect(told(other, plan(other))).toEqual(told(village, plan(village)))
  })

  it('is the same in any order, too, where loans stand in the file more than once', () => {
    const tangled = aVillage(HOUSEHOLDS, seed, { isTangled: true })
    const other = shuffled(tangled, seed)
    expect(told(other, plan(other))).toEqual(told(tangled, plan(tangled)))
  })

  it('has nobody new and no other question the next day', () => {
    const first = plan(village)
    const nextDay = shuffled(village.map(({ row, ...one }) => ({ ...one, row: { ...row, dueAmount: 310_000 } })), seed)
    const second = plan(nextDay, knownAfter(NOBODY, first))
    const asked = ({ reviews }: MatchPlan) => reviews.map(({ key, kind, score }) => `${kind} ${score} ${key}`).sort()
    expect({ customers: second.newCustomers, asked: asked(second) }).toEqual({ customers: [], asked: asked(first) })
  })

  describe('that comes in two halves', () => {
    const rows = shuffled(village, seed)
    const half = rows.length / 2
    const [some, others] = [rows.slice(0, half), rows.slice(half)]
    const early = knownAfter(NOBODY, plan(some))
    const owners = ownersOf(rows, knownAfter(early, plan(others, early)))

    it('joins and parts none of those who came first', () => {
      const tags = some.map(({ tag }) => tag)
      expect(shapeOf(tags, owners)).toEqual(shapeOf(tags, ownersOf(some, early)))
    })

    // Whom a namesake of the other half puts in doubt, nobody could doubt before that came.
    it('has the people of one half as the whole file has them, unless they are asked about with those of the other', () => {
      const whole = plan(rows)
      const fingerprints = new Map(whole.rows.map(({ rowId, fingerprint }) => [rows[rowId - 1]!.tag, fingerprint]))
      const isEarly = new Map(rows.map(({ tag }, at) => [tag, at < half]))
      const halvesOf = new Map([...groupBy(isEarly.keys(), tag => fingerprints.get(tag))].map(([fingerprint, tags]) => [fingerprint, new Set(tags.map(tag => isEarly.get(tag)))]))
      const askedWith = groupByEach(whole.reviews.flatMap(({ a, b }) => [[a.fingerprint, b.fingerprint], [b.fingerprint, a.fingerprint]] as const), ([fingerprint]) => [fingerprint])
      const standsIn = (tag: string) => [fingerprints.get(tag), ...(askedWith.get(fingerprints.get(tag)!) ?? []).map(([, other]) => other)].flatMap(fingerprint => [...halvesOf.get(fingerprint) ?? []])
      const people = [...groupBy(rows.map(({ tag, person }) => ({ tag, person })), ({ person }) => person).values()].map(all => all.map(({ tag }) => tag))
      const ofOneHalf = people.filter(tags => new Set(tags.flatMap(standsIn)).size === 1)
      expect(ofOneHalf.length).toBeGreaterThan(20)
      expect(ofOneHalf.map(tags => shapeOf(tags, owners))).toEqual(ofOneHalf.map(tags => shapeOf(tags, fingerprints)))
    })
  })
})
