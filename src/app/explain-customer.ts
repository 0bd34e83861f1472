import type { Store } from '../db/store.ts'
import { lenderLoan } from '../domain/known.ts'
import { identityOf, identityOnLoan } from '../domain/matching/block-nodes.ts'
import { type Review, readReviews } from './read-reviews.ts'

type ExplainStore = Pick<Store, 'readBook' | 'findOwners' | 'listRows' | 'findDecisionsAbout' | 'findAnswersAbout' | 'listPairReviews' | 'listRowReviews' | 'countPairReviews' | 'countRowReviews'>

/** Why a customer is who it is: the rows and what joined each of them, other spellings and phones, what people decided, and what is asked. */
export interface Explanation {
  rows: Awaited<ReturnType<Store['listRows']>>
  spellings: { fullName: string | null, phone: string | null }[]
  otherPhones: { number: string, kind: 'alternate' | 'superseded' }[]
  decisions: Awaited<ReturnType<Store['findDecisionsAbout']>>
  /** What people answered about rows of the customer and of the customer's loans. */
  answers: Awaited<ReturnType<Store['findAnswersAbout']>>
  reviews: Review[]
  /** The customer that has the rows of one whom a person merged away. */
  mergedInto: number | null
}

export async function explainCustomer(store: ExplainStore, customerId: number): Promise<Explanation> {
  const { customers: [customer], loans, spellings, otherPhones } = await store.readBook([customerId])
  const { fingerprint, fullName, primaryPhone } = customer!
  const keys = loans.map(({ source, loanId }) => lenderLoan(source, loanId))
  const written = [{ fullName, coBorrower: null, phone: primaryPhone }, ...spellings].flatMap(({ fullName: name, coBorrower, phone }) => name === null ? [] : [{ name, coBorrower, phones: phone === null ? [] : [phone], loans: keys }])
  const identities = [fingerprint, ...spellings.map(({ identity }) => identity), ...written.map(identityOf), ...written.flatMap(one => keys.map(key => identityOnLoan(one, key)))]
  const rows = await store.listRows({ customerIds: [customerId] }, { limit: 0 })
  const decisions = await store.findDecisionsAbout([...new Set(identities)])
  const merges = rows.length > 0 ? [] : decisions.filter(({ verdict, undoneAt }) => verdict === 'merge' && undoneAt === null)
  const owners = await store.findOwners(merges.flatMap(({ identityA, identityB }) => [identityA, identityB]).map(identity => ({ source: '', loanId: '', fingerprint: identity, phone: null })))
  return {
    rows,
    spellings,
    otherPhones,
    decisions,
    mergedInto: owners.find(id => id !== customerId) ?? null,
    answers: await store.findAnswersAbout(customerId),
    reviews: (await readReviews(store, { customerIds: [customerId] }, { limit: 0 })).reviews,
  }
}
