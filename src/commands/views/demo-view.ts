import type { ImportReport } from '../../app/import-report.ts'
import type { PlacedCall } from '../../app/call-ports.ts'
import type { RunResult } from '../../app/run-result.ts'
import type { Context } from '../../context.ts'
import type { CustomerListed } from '../../db/borrower-list.ts'
import type { Store } from '../../db/store.ts'
import { groupBy } from '../../domain/group-by.ts'
import { emitJson } from '../../ui/emit.ts'
import { istSeconds, istTime, maskPhone } from '../../ui/format.ts'
import { plainText } from '../../ui/plain-text.ts'
import { renderTable } from '../../ui/table.ts'
import { outTones } from '../../ui/tones.ts'
import { callJson, timelineText } from './call-view.ts'
import { customersView } from './customers-view.ts'
import { importText } from './import-view.ts'

export interface DemoStage { context: Context, store: Store, tell: Narrator, folder: string | null }
export type Narrator = ReturnType<typeof narrator>

const LISTED = 14

/** Tells what happens while it happens; a program that asked for JSON hears nothing until the end. */
export function narrator({ io, flags, now }: Context) {
  const silent = Boolean(flags.json || flags.quiet)
  const tones = outTones(io)
  const say = (text: string) => {
    if (!silent)
      io.out(text)
  }
  const names = new Map<number, string>()
  const heading = (text: string) => say(`\n${tones.strong(text)}\n`)
  return {
    say,
    heading,
    opening: (database: string) => say(`A day with vacli on sample data. Nobody is called: a simulator stands in for Exotel.\ndatabase ${database}\n\n${tones.strong(`Import, ${istTime(now())}`)}\n`),
    nextDay: () => heading(`Import the next day's file, ${istTime(now())}`),
    imported(file: string, report: ImportReport) {
      say(`$ vacli import ${file}\n${importText(report)}`)
    },
    /** Who has several loans, and who shares a phone: what the matching joined and what it kept apart. */
    together(customers: CustomerListed[]) {
      heading('What came together, and what did not')
      for (const { fullName, id, loans } of customers.filter(({ loans }) => (loans ?? 0) > 1))
        say(`  ${plainText(fullName)} is one customer (${id}) with ${loans} loans\n`)
      for (const [phone, sharing] of groupBy(customers.filter(({ primaryPhone }) => primaryPhone !== null), ({ primaryPhone }) => primaryPhone!)) {
        if (sharing.length > 1)
          say(`  ${maskPhone(phone)} is shared by ${sharing.map(({ fullName }) => plainText(fullName)).join(', ')}: ${sharing.length} customers, one of them called a day\n`)
      }
    },
    calling(ready: CustomerListed[]) {
      for (const { id, fullName } of ready)
        names.set(id, plainText(fullName))
      heading(`Call the ${ready.length} most overdue`)
      say(`$ vacli call --status ready --max ${ready.length} --yes\n`)
    },
    placed({ callId, customerId, outcome, status }: PlacedCall) {
      say(`${istSeconds(now())}  call ${callId} to ${names.get(customerId)}: ${status}${outcome.kind === 'accepted' ? '' : ` (${outcome.message})`}\n`)
    },
    polled({ callId, status }: { callId: number, status: string }) {
      say(`${istSeconds(now())}    no webhook came for call ${callId}; Exotel was asked and says ${status}\n`)
    },
    webhook({ callId, status }: { callId: number, status: string }) {
      say(`${istSeconds(now())}    webhook: call ${callId} is ${status}\n`)
    },
  }
}

/** The timeline of one call, where everybody stands, and what to type next. */
export async function answerDemo({ context, store, tell, folder }: DemoStage, imports: ImportReport[], run: RunResult): Promise<void> {
  const { io, flags, config, now } = context
  const calls = await store.findCalls(run.calls.map(({ callId }) => callId))
  const shown = calls.find(({ status }) => status === 'completed') ?? calls[0]!
  const timeline = await store.findTimeline(shown.id)
  const view = customersView(config.rules, now())
  const customers = await store.listCustomers({}, now(), { limit: LISTED })
  const total = await store.countCustomers({}, now())
  if (flags.json) {
    return emitJson(io, {
      uploads: imports.map(({ id, filename, status, rows, counts }) => ({ id, filename, status, rows, customers: { created: counts.customersCreated, updated: counts.customersUpdated }, loans: { created: counts.loansCreated, updated: counts.loansUpdated } })),
      calls: calls.map(({ id, customerId, status, callSid }) => ({ id, customer_id: customerId, status, call_sid: callSid })),
      call: callJson(shown, timeline, null),
      customers: { total, shown: customers.length, data: customers.map(view.json) },
      folder,
    })
  }
  tell.heading('One call, from the intent to its end')
  tell.say(`$ vacli status ${shown.id}\n${timelineText(timeline)}`)
  tell.heading('Where everybody stands')
  const { text, hidden } = renderTable(view.columns(false), customers, { width: io.columns, colour: io.colour })
  tell.say(`$ vacli list --limit ${LISTED}\n${text}`)
  tell.say(`Showing ${customers.length} of ${total}${hidden.length > 0 ? `; hidden for width: ${hidden.join(', ')}` : ''}\n`)
  tell.heading('Next')
  tell.say(folder
    ? `Look around in the demo's own database:\n  vacli list --db ${config.database}\n  vacli show 1 --db ${config.database}\nThen start your own:\n  vacli init\n`
    : 'Start your own database:\n  vacli init\n  vacli import file.csv\n  vacli list --status ready\n  vacli call --customer 1\n')
}
