import type { Store } from '../db/store.ts'
import { loanKey } from '../domain/fingerprint.ts'
import type { OtherPhone } from '../domain/known.ts'
import { findPhone } from '../domain/phone.ts'
import { VacliError } from '../errors.ts'
import { plainText } from '../ui/plain-text.ts'

interface Candidate { id: number, fullName: string }

/** A customer by id or by any spelling of the phone; ten digits are always a phone. */
export async function resolveCustomer(store: Store, text: string): Promise<number> {
  if (isPhone(text))
    return customerOfPhone(store, text)
  const id = /^\d{1,9}$/.test(text) ? Number(text) : undefined
  const [customer] = id === undefined ? [] : await store.findCustomersById([id])
  if (!customer)
    throw new VacliError('not_found', `there is no customer ${text}`, { hint: 'vacli list shows the ids; a phone works too.' })
  return customer.id
}

/** A customer, and the number by which it was found where that is not the one that is called. */
export interface FoundBorrower { id: number, otherPhone: OtherPhone | null }

/** A customer by phone, also an old or second one, by loan id or by customer id, as `show` takes them. */
export async function resolveBorrower(store: Store, text: string): Promise<FoundBorrower> {
  if (isPhone(text))
    return borrowerOfPhone(store, text)
  const byLoan = await store.findCustomersByLoanId(loanKey(text))
  return { id: byLoan.length > 0 ? onlyOne(byLoan, `loan ${text}`).id : await resolveCustomer(store, text), otherPhone: null }
}

// A loan id may have ten digits and more, but beside letters: HDFC00012345678.
const isPhone = (text: string) => text.replace(/\D/g, '').length >= 10 && !/\p{L}/u.test(text)

// Who is called by a phone is never found by another one: an old number may be a stranger's by now.
async function customerOfPhone(store: Store, text: string): Promise<number> {
  const { current, others } = await findByPhone(store, text)
  if (current.length === 0)
    throw new VacliError('not_found', `no customer has the phone ${text}`, { hint: others.length > 0 ? `It is ${kindText(others[0]!.kind)} of ${namesOf(others)}: name one by its id.` : 'vacli list shows everybody.' })
  return onlyOne(current, `phone ${text}`).id
}

async function borrowerOfPhone(store: Store, text: string): Promise<FoundBorrower> {
  const { number, current, others } = await findByPhone(store, text)
  // Who was merged keeps a number that is the other one's second phone now.
  if (others.length === 0 || current.some(({ withdrawn }) => withdrawn === 0))
    return { id: await customerOfPhone(store, text), otherPhone: null }
  const { id, kind } = onlyOne(others, `${kindText(others[0]!.kind)}, ${text},`)
  return { id, otherPhone: { number: number!, kind } }
}

async function findByPhone(store: Store, text: string) {
  const number = findPhone(text)
  return { number, current: number ? await store.findCustomersByPhone(number) : [], others: number ? await store.findCustomersByOtherPhone(number) : [] }
}

const kindText = (kind: OtherPhone['kind']) => kind === 'superseded' ? 'an old phone' : 'a second phone'

/** Says of a number by which somebody was found what it is. */
export function otherPhoneText({ number, kind }: OtherPhone): string {
  return `${number} is ${kindText(kind)} of this customer and is not called`
}

const namesOf = (found: Candidate[]) => found.map(({ id, fullName }) => `${id} ${plainText(fullName)}`).join(', ')

function onlyOne<Found extends Candidate>(found: Found[], what: string): Found {
  if (found.length > 1)
    throw new VacliError('invalid', `${what} belongs to ${found.length} customers`, { hint: `Name one by its id: ${namesOf(found)}` })
  return found[0]!
}
