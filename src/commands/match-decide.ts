import { judgeCustomers } from '../app/judge-customers.ts'
import type { Context } from '../context.ts'
import { findPhone } from '../domain/phone.ts'
import { VacliError } from '../errors.ts'
import { emitJson } from '../ui/emit.ts'
import { maskPhone, plural } from '../ui/format.ts'
import { answerIo } from './answer.ts'

/** A person's word on a shared phone: `accept` lets the borrowers who share it now be called, `reject` takes that back. */
export async function runMatchDecide(context: Context, what: string, answer: string): Promise<void> {
  const { config, flags, now } = context
  const phone = findPhone(what)
  if (!phone)
    throw new VacliError('invalid', `"${what}" is no phone`, { hint: 'vacli match decide 98XXXXXXXX accept; vacli list --blocked-by PHONE_SHARED shows them.' })
  if (answer !== 'accept' && answer !== 'reject')
    throw new VacliError('invalid', `the answer cannot be "${answer}"`, { hint: 'accept, or reject' })
  const store = await context.openStore()
  const sharers = await store.countSharers(phone)
  if (sharers === 0)
    throw new VacliError('not_found', `nobody has the phone ${what}`, { hint: 'vacli list --blocked-by PHONE_SHARED' })
  await store.allowSharers(phone, answer === 'accept' ? sharers : null, { by: config.operator, at: now() })
  await judgeCustomers(store, config.rules, now())
  const io = answerIo(context)
  if (flags.json)
    return emitJson(io, { phone, answer, customers: sharers })
  if (!flags.quiet)
    io.out(answer === 'accept' ? `${plural(sharers, 'borrower')} may share ${maskPhone(phone)}; more are looked at again\n` : `${maskPhone(phone)} is judged by the setting phone.max_customers again\n`)
}
