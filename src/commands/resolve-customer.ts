import type { Store } from '../db/store.ts'
import { loanKey } from '../domain/fingerprint.ts'
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

/** A customer by phone, loan id or customer id, as `show` takes them. */
export async function resolveBorrower(store: Store, text: string): Promise<number> {
  if (isPhone(text))
    return customerOfPhone(store, text)
  const byLoan = await store.findCustomersByLoanId(loanKey(text))
  return byLoan.length > 0 ? onlyOne(byLoan, `loan ${text}`) : resolveCustomer(store, text)
}

// A loan id may have ten digits and more, but beside letters: HDFC00012345678.
const isPhone = (text: string) => text.replace(/\D/g, '').length >= 10 && !/\p{L}/u.test(text)

async function customerOfPhone(store: Store, text: string): Promise<number> {
  const phone = findPhone(text)
  const found = phone ? await store.findCustomersByPhone(phone) : []
  if (found.length === 0)
    throw new VacliError('not_found', `no customer has the phone ${text}`, { hint: 'vacli list shows everybody.' })
  return onlyOne(found, `phone ${text}`)
}

function onlyOne(found: Candidate[], what: string): number {
  if (found.length > 1) {
    const candidates = found.map(({ id, fullName }) => `${id} ${plainText(fullName)}`).join(', ')
    throw new VacliError('invalid', `${what} belongs to ${found.length} customers`, { hint: `Name one by its id: ${candidates}` })
  }
  return found[0]!.id
}
