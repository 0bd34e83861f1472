import type { Store } from '../db/store.ts'
import { lenderLoan } from '../domain/known.ts'
import { identityOf, identityOnLoan } from '../domain/matching/block-nodes.ts'
import { type Review, readReviews } from './read-reviews.ts'

type ExplainStore = Pick<Store, 'readBook' | 'listRows' | 'findDecisionsAbout' | 'findAnswersAbout' | 'listPairReviews' | 'listRowReviews' | 'countPairReviews' | 'countRowReviews'>

/** Why a customer is who it is: the rows and what joined each of them, other spellings and phones, what people decided, and what is asked. */
export interface Explanation {
  rows: Awaited<ReturnType<Store['listRows']>>
  spellings: { fullName: string | null, phone: string | null }[]
  otherPhones: { number: string, kind: 'alternate' | 'superseded' }[]
  decisions: Awaited<ReturnType<Store['findDecisionsAbout']>>
  /** What people answered about rows of the customer and of the customer's loans. */
  answers: Awaited<ReturnType<Store['findAnswersAbout']>>
  reviews: Review[]
}

export async function explainCustomer(store: ExplainStore, customerId: number): Promise<Explanation> {
  const { customers: [customer], loans, spellings, otherPhones } = await store.readBook([customerId])
  const { fingerprint, fullName, primaryPhone } = customer!
  const keys = loans.map(({ source, loanId }) => lenderLoan(source, loanId))
  const written = [{ fullName, coBorrower: null, phone: primaryPhone }, ...spellings].flatMap(({ fullName: name, coBorrower, phone }) => name === null ? [] : [{ name, coBorrower, phones: phone === null ? [] : [phone], loans: keys }])
  const identities = [fingerprint, ...spellings.map(({ identity }) => identity), ...written.map(identityOf), ...written.flatMap(one => keys.map(key => identityOnLoan(one, key)))]
  return {
    rows: await store.listRows({ customerIds: [customerId] }, { limit: 0 }),
    spellings,
    otherPhones,
    decisions: await store.findDecisionsAbout([...new Set(identities)]),
    answers: await store.findAnswersAbout(customerId),
    reviews: (await readReviews(store, { customerIds: [customerId] }, { limit: 0 })).reviews,
  }
}
