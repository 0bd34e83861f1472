import type { Store } from '../db/store.ts'
import { reviewedRow, reviewRulesOf } from '../domain/file-review.ts'
import { groupBy } from '../domain/group-by.ts'
import { type Replayed, type ReplayedCustomer, replay, type ReplayUpload } from '../domain/replay.ts'
import { decodeStoredRow, type StoredRow } from '../domain/stored-row.ts'
import { answeredRows, type RowAnswers } from '../domain/row-answers.ts'
import { NO_UPLOAD, settleAbsences } from './mark-absences.ts'
import { readRowAnswers } from './row-answers.ts'
import { zeroSpellings } from '../domain/zero-spellings.ts'

export type RecomputeStore = Pick<Store, 'findRowsOf' | 'findOwners' | 'findPhonesOf' | 'findDecisions' | 'findRowAnswers' | 'readBook' | 'writeRecomputed'>

/** A part of the book that no row outside of it touches: its customers, and what the surviving rows make of them. */
export interface Component { customerIds: number[], replayed: Replayed, ownerOfRow: Map<number, number | null> }

/** Reads the customers' rows and those in doubt of the seed loans, whom else those rows touch or share a phone with, and so on until nobody new is found; then makes of them what imports in their order made. */
export async function readComponent(store: RecomputeStore, seeds: number[], seedLoans: readonly string[] = []): Promise<Component> {
  const customerIds = new Set(seeds)
  const decided = { decisions: await store.findDecisions(), answers: await readRowAnswers(store) }
  const [phones, loanKeys] = [new Set<string>(), new Set(seedLoans)]
  for (let before = -1; ;) {
    const rows = await store.findRowsOf([...customerIds], { phones: [...phones], loanKeys: [...loanKeys] })
    const read = rows.flatMap((row) => {
      const stored = decodeStoredRow(row.loanValues, row.rawData)
      return stored ? [{ ...row, ...reviewedRow(stored, reviewRulesOf(row.uploadSettings)) }] : []
    })
    const size = customerIds.size + phones.size + loanKeys.size
    if (size === before)
      return { customerIds: [...customerIds], replayed: replay(uploadsOf(read.filter(({ uploadStatus }) => uploadStatus !== 'undone')), decided), ownerOfRow: new Map(rows.map(({ rowId, customerId }) => [rowId, customerId])) }

    before = size
    read.forEach(({ customerId }) => customerId !== null && customerIds.add(customerId))
    const spoken = asAnswered(read, decided.answers)
    for (const { row: { phone, loanId } } of spoken) {
      loanKeys.add(loanId)
      zeroSpellings(loanId).forEach(spelling => loanKeys.add(spelling))
      if (phone !== null)
        phones.add(phone)
    }
    for (const phone of await store.findPhonesOf([...customerIds]))
      phones.add(phone)
    const keys = spoken.flatMap(({ source, row: { loanId, fingerprint } }) => [loanId, ...zeroSpellings(loanId)].map(id => ({ source, loanId: id, fingerprint, phone: null as string | null })))
    for (const id of await store.findOwners([...keys, ...[...phones].map(phone => ({ source: '', loanId: '', fingerprint: '', phone }))]))
      customerIds.add(id)
  }
}

/** The rows as they came, and as people answered: a phone or a loan that somebody typed may be another customer's. */
function asAnswered<Row extends StoredRow & { rowId: number, uploadId: number, source: string }>(rows: Row[], answers: RowAnswers): Pick<Row, 'row' | 'source'>[] {
  const answered = [...groupBy(rows, row => row.uploadId).values()].flatMap((ofUpload) => {
    const [{ source }] = ofUpload as [Row]
    return answeredRows(ofUpload, source, answers).rows.map(({ row }) => ({ row, source }))
  })
  return [...rows, ...answered]
}

function uploadsOf(rows: (StoredRow & { rowId: number, uploadId: number, source: string, createdAt: Date, uploadSettings: unknown })[]): ReplayUpload[] {
  return [...groupBy(rows, row => row.uploadId).values()].map(ofUpload => ({ source: ofUpload[0]!.source, createdAt: ofUpload[0]!.createdAt, reviewRules: reviewRulesOf(ofUpload[0]!.uploadSettings), rows: ofUpload }))
}

/** Brings the customers, and whoever is connected with them, to what the surviving rows say. */
export async function recompute(store: RecomputeStore, seeds: number[], undone: number, seedLoans: readonly string[] = []): Promise<void> {
  const component = await readComponent(store, seeds, seedLoans)
  const { customers, ...rest } = component.replayed
  await store.writeRecomputed({ customerIds: component.customerIds, customers: identify(customers, component, await withdrawnOf(store, component.customerIds)), ...rest, undone })
}

async function withdrawnOf(store: RecomputeStore, customerIds: number[]): Promise<Map<string, number>> {
  const { customers } = await store.readBook(customerIds)
  return new Map(customers.map(({ fingerprint, id }) => [fingerprint, id]))
}

/** A customer keeps the id of its name and phone, else the one that its oldest row led to; one that was withdrawn comes back under its own. */
function identify(customers: ReplayedCustomer[], { customerIds, ownerOfRow }: Component, byFingerprint: Map<string, number>): (ReplayedCustomer & { id: number | null })[] {
  const free = new Set(customerIds)
  const take = (id: number | null | undefined) => id != null && free.delete(id) ? id : null
  // Whoever has the name and phone of one that is there, or once was, is that one: two who were merged get their own ids back.
  const own = new Map(customers.map(customer => [customer.key, take(byFingerprint.get(customer.values.fingerprint))]))
  return customers.map((customer) => {
    const rowOwner = customer.rowIds.map(rowId => ownerOfRow.get(rowId)).find(owner => owner != null && free.has(owner))
    return { ...customer, id: own.get(customer.key) ?? take(rowOwner) }
  })
}

/** Makes the customers anew after a decision. Which of their loans a snapshot no longer names is said again before anybody is called about them. */
export async function recomputeDecided(store: RecomputeStore & Pick<Store, 'findSnapshots' | 'markMissingLoans' | 'forgetAbsences'>, seeds: number[], seedLoans: readonly string[] = []): Promise<void> {
  await recompute(store, seeds, NO_UPLOAD, seedLoans)
  await settleAbsences(store)
}
