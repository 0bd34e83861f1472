import { setImmediate } from 'node:timers/promises'
import type { Store } from '../db/store.ts'
import type { ReplayedCustomer, ReplayedLoan, ReplayedReview } from '../domain/replay.ts'
import { branchKey } from '../domain/branch-key.ts'
import { type Component, type RecomputeStore, readComponent } from './recompute.ts'

const CHUNK = 200
const LISTED = 20

/** Where customers and loans are not what the surviving rows make of them. */
export interface BookDifference { what: string, stored: unknown, rows: unknown }

/** Makes every customer and loan anew from the rows and compares. Finds nothing in a sound book, whatever its history. */
export async function checkBook(store: RecomputeStore & Pick<Store, 'findCustomerIds'>, signal?: AbortSignal): Promise<BookDifference[]> {
  const differences: BookDifference[] = []
  const seen = new Set<number>()
  for (let afterId = 0; differences.length < LISTED;) {
    const ids = await store.findCustomerIds(afterId, CHUNK)
    if (ids.length === 0)
      break
    afterId = ids.at(-1)!
    const component = await readComponent(store, ids.filter(id => !seen.has(id)))
    component.customerIds.forEach(id => seen.add(id))
    differences.push(...compare(component, await store.readBook(component.customerIds)))
    await setImmediate() // or no Ctrl-C is heard
    signal?.throwIfAborted()
  }
  return differences.slice(0, LISTED)
}

type Book = Awaited<ReturnType<RecomputeStore['readBook']>>

function compare({ replayed }: Component, { customers, loans, spellings, otherPhones, reviews }: Book): BookDifference[] {
  const ownerOf = new Map(customers.map(({ id, fingerprint }) => [id, fingerprint]))
  const storedCustomers = customers.filter(({ withdrawn }) => withdrawn === 0).map(stored => ({
    fingerprint: stored.fingerprint, fullName: stored.fullName, phone: stored.primaryPhone, phoneKind: stored.phoneKind, state: stored.state, language: stored.language, email: stored.email,
    firstUploadedAt: stored.firstUploadedAt, lastUploadedAt: stored.lastUploadedAt, ...knownBy(stored.id, { spellings, otherPhones }),
  }))
  const storedLoans = loans.filter(({ withdrawn }) => withdrawn === 0).map(({ id: _1, customerId, withdrawn: _2, absentBy: _3, ...values }) => ({ ...values, owner: ownerOf.get(customerId) }))
  const fingerprints = new Map(replayed.customers.map(({ key, values }) => [key, values.fingerprint]))
  return [
    ...differ('customer', byKey(storedCustomers, ({ fingerprint }) => fingerprint), byKey(replayed.customers.map(customerOf), ({ fingerprint }) => fingerprint)),
    ...differ('loan', byKey(storedLoans, ({ source, loanId }) => `${source} ${loanId}`), byKey(replayed.loans.map(loan => loanOf(loan, fingerprints)), ({ source, loanId }) => `${source} ${loanId}`)),
    ...differ('review', byKey(reviews.map(({ pair, kind, rule, score, loanId, customerA, customerB }) => ({ key: pair, kind, rule, score, loanId, a: ownerOf.get(customerA), b: customerB === null ? null : ownerOf.get(customerB) })), ({ key }) => key), byKey(replayed.reviews.map(review => reviewOf(review, fingerprints)), ({ key }) => key)),
  ]
}

function knownBy(id: number, { spellings, otherPhones }: Pick<Book, 'spellings' | 'otherPhones'>) {
  const own = <Of extends { customerId: number }>(all: Of[]) => all.filter(({ customerId }) => customerId === id).map(({ customerId: _, ...rest }) => textOf(rest))
  return { spellings: own(spellings), otherPhones: own(otherPhones) }
}

function reviewOf({ key, kind, rule, score, loanId, a, b }: ReplayedReview, fingerprints: Map<number, string>) {
  return { key, kind, rule, score, loanId, a: fingerprints.get(a.customerKey), b: b.customerKey === null ? null : fingerprints.get(b.customerKey) }
}

function customerOf({ values, spellings, otherPhones, firstUploadedAt, lastUploadedAt }: ReplayedCustomer) {
  return { ...values, firstUploadedAt, lastUploadedAt, spellings: spellings.map(textOf), otherPhones: otherPhones.map(textOf) }
}

function loanOf({ source, values, customerKey, latestRowId, createdAt, updatedAt }: ReplayedLoan, fingerprints: Map<number, string>) {
  return { source, ...values, latestRowId, branchKey: branchKey(values.branch), createdAt, updatedAt, owner: fingerprints.get(customerKey) }
}

const byKey = <Value>(values: Value[], keyOf: (value: Value) => string) => new Map(values.map(value => [keyOf(value), value]))

function differ(what: string, stored: Map<string, object>, made: Map<string, object>): BookDifference[] {
  return [...new Set([...stored.keys(), ...made.keys()])].filter(key => textOf(stored.get(key)) !== textOf(made.get(key))).map(key => ({ what: `${what} ${key}`, stored: stored.get(key) ?? null, rows: made.get(key) ?? null }))
}

// The order of an object's members is nobody's promise.
function textOf(value: object | undefined): string {
  return value === undefined ? '' : JSON.stringify(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1))
}
