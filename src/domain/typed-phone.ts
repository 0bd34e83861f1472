import { findPhone, parsePhone } from './phone.ts'

/** Reads the phone that a person gives for a borrower: one mobile number, in E.164; or says what is wrong with it. */
export function findTypedPhone(text: string): { phone: string, problem?: undefined } | { phone?: undefined, problem: string } {
  const phone = findPhone(text)
  const read = parsePhone(text)
  if (!read.ok)
    return { problem: read.message }
  if (phone === undefined || read.value.number === null)
    return { problem: `"${text}" is not one phone number` }
  return read.value.kind === 'mobile' ? { phone } : { problem: `${text} is a landline and is not dialled` }
}
