import { judgeCustomers } from '../app/judge-customers.ts'
import type { Context } from '../context.ts'
import type { CallSession } from '../db/call-lookup.ts'
import type { Store } from '../db/store.ts'
import { istDate, istDay, startOfIstDay } from '../domain/ist.ts'
import { VacliError } from '../errors.ts'
import { emitJson } from '../ui/emit.ts'
import { count, istTime, rfc3339 } from '../ui/format.ts'
import { plainText } from '../ui/plain-text.ts'
import { answerIo } from './answer.ts'
import { answerCall } from './views/call-view.ts'
import { rfcOrNull } from './views/customers-view.ts'

/** Today at a glance, or the timeline of one call by its id or sid. */
export async function runStatus(context: Context, call: string | undefined): Promise<void> {
  const store = await context.openStore()
  if (call === undefined)
    return answerToday(context, store)
  await answerCall(context, store, await getCall(store, call))
}

async function getCall(store: Store, text: string): Promise<CallSession> {
  const call = /^\d{1,9}$/.test(text) ? await store.findCallById(Number(text)) : await store.findCallBySid(text) ?? await store.findCallByReference(text)
  if (!call)
    throw new VacliError('not_found', `there is no call ${text}`, { hint: 'vacli list calls' })
  return call
}

async function answerToday(context: Context, store: Store): Promise<void> {
  const { config, flags, now } = context
  const at = now()
  await judgeCustomers(store, config.rules, at)
  const standing = await store.countByStatus(at)
  const calls = await store.countCallsByStatus(startOfIstDay(istDay(at)))
  const [lastUpload] = await store.listUploads({}, { limit: 1 })
  const { pause } = await store.readStanding()
  const lookAt = (await store.findCallsWithAttention()).map(({ id }) => id)
  const customers = sumBy(standing.map(({ status, customers: n }) => [status, n]))
  const blocked = sumBy(standing.flatMap(({ status, block, customers: n }) => block && status !== 'calling' ? [[block, n] as const] : []))
  const callsToday = sumBy(calls.map(({ status, calls: n }) => [status, n]))
  const io = answerIo(context)
  if (flags.json) {
    return emitJson(io, {
      mode: config.mode, database: config.database, date: istDate(at), now: rfc3339(at), paused: pause, calls_to_look_at: lookAt,
      customers: { total: total(customers), by_status: customers, blocked_by: blocked },
      calls_today: { total: total(callsToday), by_status: callsToday },
      last_upload: lastUpload ? { id: lastUpload.id, filename: lastUpload.filename, status: lastUpload.status, created_at: rfc3339(lastUpload.createdAt), completed_at: rfcOrNull(lastUpload.completedAt) } : null,
    })
  }
  io.out(`${config.mode} mode, ${istTime(at)} IST\n`)
  if (pause)
    io.out(`PAUSED       by ${plainText(pause.by)} since ${istTime(new Date(pause.at))}: ${plainText(pause.reason)}; vacli runs resume lifts it\n`)
  io.out(`customers    ${line(customers)}\n`)
  if (total(blocked) > 0)
    io.out(`not callable ${line(blocked)}\n`)
  io.out(`calls today  ${line(callsToday)}\n`)
  if (lookAt.length > 0)
    io.out(`look at      call ${lookAt.slice(0, 10).join(', ')}${lookAt.length > 10 ? ' …' : ''}: vacli reconcile says why\n`)
  io.out(`last import  ${lastUpload ? `upload ${lastUpload.id}, ${istTime(lastUpload.createdAt)}, ${lastUpload.status}` : 'none yet'}\n`)
  if (!lastUpload)
    context.io.err('next: vacli import file.csv\n')
}

function sumBy(pairs: (readonly [string, number])[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [key, n] of pairs)
    sums[key] = (sums[key] ?? 0) + n
  return sums
}

const total = (sums: Record<string, number>) => Object.values(sums).reduce((sum, n) => sum + n, 0)
const line = (sums: Record<string, number>) => total(sums) === 0 ? 'none' : `${count(total(sums))}: ${Object.entries(sums).map(([key, n]) => `${count(n)} ${key}`).join(', ')}`
