import type { ReconcileReport } from '../../app/reconcile.ts'
import type { Orphan, SweepReport } from '../../app/sweep.ts'
import type { Context } from '../../context.ts'
import type { CallSession } from '../../db/call-lookup.ts'
import type { Attention } from '../../domain/call.ts'
import { emitJson } from '../../ui/emit.ts'
import { istTime, maskPhone, plural, rfc3339, rupees } from '../../ui/format.ts'
import { plainText } from '../../ui/plain-text.ts'
import { answerIo } from '../answer.ts'
import { rfcOrNull, rupeesOrNull } from './customers-view.ts'

export interface Reconciled { reconciled: ReconcileReport, swept: SweepReport | undefined, forPerson: CallSession[] }

const WORDS: Record<Exclude<Attention, 'ENDS_DIFFER'>, string> = {
  TWO_CANDIDATES: 'several calls of the account could be this one',
  NO_LIST: 'Exotel has not told its fate for a day',
  SECOND_SID: 'it was dialled twice; nobody is called until a person lifts the pause',
  SID_AFTER_NOT_PLACED: 'it seemed not placed, and was',
}

/** What was found out of the open calls and of the account. */
export function answerReconciled(context: Context, found: Reconciled): void {
  const io = answerIo(context)
  if (context.flags.json)
    return emitJson(io, reconciledJson(found))
  const { reconciled: r, swept, forPerson } = found
  const isNews = forPerson.length > 0 || swept === undefined || swept.secondSids.length > 0 || swept.orphans.length > 0
  if (context.flags.quiet && !isNews)
    return
  io.out(r.open === 0 ? 'no call is open\n' : `${plural(r.open, 'open call')}: ${r.ended} ended, ${r.notPlaced} not placed, ${r.waiting} waiting, ${r.forPerson} for a person${r.attached > 0 ? `; ${r.attached} found by number and time` : ''}\n`)
  if (r.late > 0)
    io.out(`late details: ${r.filled} of ${r.late} filled\n`)
  if (r.corrected > 0)
    io.out(`${plural(r.corrected, 'call')} with two ends decided by Exotel's details\n`)
  io.out(swept ? sweptText(swept) : 'the account was not swept\n')
  io.out(forPerson.map(call => doubtText(call, found)).join(''))
}

/** A call as a person decided it. */
export function answerDecided(context: Context, call: CallSession): void {
  const io = answerIo(context)
  if (context.flags.json)
    return emitJson(io, { id: call.id, status: call.status, call_sid: call.callSid, attention: call.attention })
  io.out(`call ${call.id} is ${call.status}${call.callSid === null ? '' : `, ${plainText(call.callSid)}`}\n`)
  context.io.err(`next: vacli status ${call.id}\n`)
}

function reconciledJson({ reconciled: { doubts, open, ended, notPlaced, waiting, forPerson: openForPerson, attached, corrected, late, filled, asked }, swept, forPerson }: Reconciled) {
  return {
    open, ended, not_placed: notPlaced, waiting, for_person: openForPerson, attached, corrected, late, filled, asked: asked + (swept?.asked ?? 0),
    sweep: swept && {
      since: rfc3339(swept.since), listed: swept.listed, found: swept.found, attached: swept.attached, left: swept.left,
      second_sids: swept.secondSids.map(({ callId, known, told }) => ({ id: callId, call_sid: known, second_call_sid: told })),
      adopted: swept.orphans.filter(({ callId }) => callId !== null).length,
      orphans: swept.orphans.map(orphanJson),
    },
    decide: forPerson.map(({ id, attention, status, callSid, customerId }) => ({ id, attention, status, call_sid: callSid, customer_id: customerId, candidates: doubts.find(({ callId }) => callId === id)?.sids ?? [] })),
  }
}

function orphanJson({ callId, callSid, number, customerId, status, pricePaise, createdAt }: Orphan) {
  return { id: callId, call_sid: callSid, to_number: number, customer_id: customerId, status, price: rupeesOrNull(pricePaise), created_at: rfcOrNull(createdAt) }
}

/** What a sweep found, loudly where somebody was called whom nobody here asked to call. */
export function sweptText({ listed, attached, secondSids, orphans, since }: SweepReport): string {
  const price = orphans.reduce((sum, { pricePaise }) => sum + (pricePaise ?? 0), 0)
  return [
    `${plural(listed, 'call')} of the account since ${istTime(since)} read${attached > 0 ? `, ${attached} of them ours again` : ''}\n`,
    ...secondSids.map(({ callId, known, told }) => `ALARM: call ${callId} was dialled twice, ${plainText(known)} and ${plainText(told)}; nobody is called until a person lifts the pause\n`),
    orphans.length > 0 ? `WARNING: ${plural(orphans.length, 'call')} that nobody here placed, ${rupees(price)}; counted for caps and gaps\n` : '',
    ...orphans.map(orphanText),
  ].join('')
}

function orphanText({ callId, callSid, number, status, pricePaise, createdAt, customerId }: Orphan): string {
  const who = customerId === null ? '' : `, customer ${customerId}`
  const kept = callId === null ? 'not counted: its number is hidden' : `call ${callId}`
  return `  ${createdAt ? istTime(createdAt) : 'no time'}  ${number ? maskPhone(number) : 'no number'}  ${plainText(status)}  ${pricePaise === null ? 'no price yet' : rupees(pricePaise)}  ${plainText(callSid)}  ${kept}${who}\n`
}

function doubtText({ id, attention, callSid }: CallSession, { reconciled: { doubts } }: Reconciled): string {
  const sids = callSid === null ? doubts.find(({ callId }) => callId === id)?.sids ?? ['<sid>'] : [callSid]
  const commands = [...sids.map(sid => `placed:${plainText(sid)}`), ...(callSid === null || attention === 'NO_LIST' ? ['not-placed'] : [])]
  return [
    `call ${id} waits for a person: ${WORDS[attention as keyof typeof WORDS]}\n`,
    ...commands.map(command => `  vacli reconcile --decide ${id} ${command}\n`),
  ].join('')
}
