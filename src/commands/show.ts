import { judgeCustomers } from '../app/judge-customers.ts'
import type { Context } from '../context.ts'
import { VacliError } from '../errors.ts'
import { emitJson } from '../ui/emit.ts'
import { istTime } from '../ui/format.ts'
import { plainText } from '../ui/plain-text.ts'
import type { Column } from '../ui/table.ts'
import { answerIo } from './answer.ts'
import { otherPhoneText, resolveBorrower } from './resolve-customer.ts'
import { callJson, timelineText } from './views/call-view.ts'
import { customersView } from './views/customers-view.ts'
import { loansView } from './views/loans-view.ts'
import { rowsView } from './views/uploads-view.ts'

/** One customer whole: loans, the rows they came from, calls and their timelines. */
export async function runShow(context: Context, who: string): Promise<void> {
  const { config, flags, now } = context
  const store = await context.openStore()
  await judgeCustomers(store, config.rules, now())
  const { id, otherPhone } = await resolveBorrower(store, who)
  const filter = { customerIds: [id] }
  const whole = { limit: 0 }
  const [customer] = await store.listCustomers(filter, now(), whole)
  if (!customer)
    throw new VacliError('not_found', `there is no customer ${who}`, { hint: 'vacli list' })
  const loans = await store.listLoans(filter, now(), whole)
  const rows = await store.listRows(filter, whole)
  const calls = await Promise.all((await store.listCalls(filter, whole)).map(async listed => ({ ...listed, timeline: await store.findTimeline(listed.call.id) })))

  const views = { customer: customersView(config.rules, now()), loans: loansView(now()) }
  const io = answerIo(context)
  if (flags.json) {
    return emitJson(io, {
      ...views.customer.json(customer),
      found_by: otherPhone,
      loans: loans.map(views.loans.json),
      rows: rows.map(rowsView.json),
      calls: calls.map(({ call, timeline, loanId }) => callJson(call, timeline, loanId)),
    })
  }
  const { renderTable } = await import('../ui/table.ts')
  // A pipe gets whole values: nothing is cut or hidden for a width that is not there.
  const table = <Row>(columns: Column<Row>[], rows: Row[]) => {
    const { text, hidden } = renderTable(columns, rows, { width: io.stdoutIsTerminal ? io.columns : Number.POSITIVE_INFINITY, colour: io.colour })
    if (hidden.length > 0)
      context.io.err(`hidden for width: ${hidden.join(', ')}; see all with --json\n`)
    return text
  }
  const exact = !io.stdoutIsTerminal
  io.out(`${plainText(customer.fullName)} (${customer.id}), ${customer.primaryPhone ?? 'no phone'}, ${plainText(customer.state ?? 'state unknown')}: ${customer.status}${customer.blockedBy && customer.status !== 'calling' ? `, ${customer.blockedBy}` : ''}\n`)
  if (otherPhone)
    io.out(`${otherPhoneText(otherPhone)}\n`)
  io.out(`first seen ${istTime(customer.firstUploadedAt)}, last ${istTime(customer.lastUploadedAt)}, last contact ${customer.lastContactDate ? istTime(customer.lastContactDate) : 'never'}\n\nloans\n`)
  io.out(table(views.loans.columns(exact).filter(({ key }) => !['customer_id', 'full_name', 'primary_phone'].includes(key)), loans))
  io.out('\nrows\n')
  io.out(table(rowsView.columns(exact).filter(({ key }) => key !== 'customer_id'), rows))
  for (const { call, timeline } of calls)
    io.out(`\ncall ${call.id}, ${istTime(call.createdAt)}: ${call.status}\n${timelineText(timeline)}`)
}
