import { judgeCustomers } from '../app/judge-customers.ts'
import type { Context } from '../context.ts'
import type { Store } from '../db/store.ts'
import { isAllowedAsStaff } from '../domain/facts.ts'
import { VacliError } from '../errors.ts'
import { emitJson } from '../ui/emit.ts'
import { count, maskPhone, plural } from '../ui/format.ts'
import { answerIo } from './answer.ts'

type ReadPhone = Awaited<ReturnType<Store['readPhone']>>

/** A person's word on a phone that is shared or a number of staff: `accept` lets the borrowers who have it now be called, `reject` takes that back. */
export async function decidePhone(context: Context, number: string, answer: string): Promise<void> {
  const { config, flags, now } = context
  if (answer !== 'accept' && answer !== 'reject')
    throw new VacliError('invalid', `the answer cannot be "${answer}"`, { hint: 'accept, or reject' })
  const store = await context.openStore()
  const phone = await store.readPhone(number)
  if (phone.sharers === 0)
    throw new VacliError('not_found', `nobody has the phone ${maskPhone(number)}`, { hint: 'vacli list --blocked-by PHONE_SHARED' })
  const isChange = answer === 'reject' || needsLeave(number, phone, config.rules.phoneMaxCustomers)
  if (isChange)
    await store.allowSharers(number, answer === 'accept' ? phone.sharers : null, { by: config.operator, at: now() })
  await judgeCustomers(store, config.rules, now())
  const io = answerIo(context)
  if (flags.json)
    return emitJson(io, { phone: number, answer, customers: phone.sharers, staff_phone: phone.staffSince !== null })
  if (!flags.quiet)
    io.out(isChange ? `${answer === 'accept' ? acceptedText(number, phone) : rejectedText(number, phone)}\n` : `${maskPhone(number)} is allowed already; nothing changed\n`)
}

// Leave for the few who have it now would keep out the next one, whom nobody has forbidden.
function needsLeave(number: string, phone: ReadPhone, most: number): boolean {
  if (phone.sharers > (phone.allowedSharers ?? most) || (phone.staffSince !== null && !isAllowedAsStaff(phone)))
    return true
  if (phone.allowedSharers !== null)
    return false
  throw new VacliError('invalid', `there is nothing to allow: ${plural(phone.sharers, 'borrower')} ${phone.sharers === 1 ? 'has' : 'share'} ${maskPhone(number)}, up to ${count(most)} may, and it is no number of staff or a branch`, { hint: `vacli show ${number.slice(3)}` })
}

function acceptedText(number: string, { sharers, staffSince }: ReadPhone): string {
  const more = 'more are looked at again'
  return staffSince === null
    ? `${plural(sharers, 'borrower')} may share ${maskPhone(number)}; ${more}`
    : `${maskPhone(number)} is a number of staff or a branch: ${plural(sharers, 'borrower')} may be called on it all the same; ${more}`
}

function rejectedText(number: string, phone: ReadPhone): string {
  if (phone.staffSince === null)
    return `${maskPhone(number)} is judged by the setting phone.max_customers again`
  return `${maskPhone(number)} is a number of staff or a branch, and nobody is called on it ${isAllowedAsStaff(phone) ? 'any more' : 'as before'}`
}
