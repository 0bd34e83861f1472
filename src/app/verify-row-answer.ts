import { loanKey } from '../domain/fingerprint.ts'
import { type RowAnswer, SETTABLE } from '../domain/row-answers.ts'
import { findTypedPhone } from '../domain/typed-phone.ts'
import { VacliError } from '../errors.ts'

/** The answer as it is kept: its value read. Throws where rows could not be read with it again, now or in a later file. */
export function verifyRowAnswer(answer: RowAnswer): RowAnswer {
  if (answer.answer !== 'set')
    return { ...answer, field: null, value: null }
  const { field, value } = answer
  if (!SETTABLE.some(one => one === field))
    throw new VacliError('invalid', `"${field ?? ''}" cannot be set`, { hint: `It takes: ${SETTABLE.join(', ')}` })
  return { ...answer, value: field === 'phone' ? phoneOf(value ?? '') : loanIdOf(value ?? '') }
}

function phoneOf(typed: string): string {
  const { phone, problem } = findTypedPhone(typed)
  if (phone === undefined)
    throw new VacliError('invalid', problem, { hint: 'set phone=98XXXXXXXX' })
  return phone
}

function loanIdOf(typed: string): string {
  const loanId = loanKey(typed)
  if (!loanId)
    throw new VacliError('invalid', `"${typed}" is no loan id`, { hint: 'set loan_id=LN123' })
  return loanId
}
