// Ten thousand calls and what Exotel reports of them, the same for the same seed.
import { createHmac } from 'node:crypto'

const ENDS = ['completed', 'completed', 'completed', 'busy', 'no-answer', 'failed']

/** A stream of numbers in [0, 1). */
export function seeded(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6D2B79F5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function makeCalls(count, random) {
  const hex = length => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
  return Array.from({ length: count }, (_, at) => ({ reference: hex(32), sid: hex(32), phone: `+919${String(800000000 + at)}`, end: ENDS[Math.floor(random() * ENDS.length)] }))
}

/** Every callback of these calls as bytes on the wire, each as often as it is sent, in no order. */
export function makeRequests(calls, { secret, copies, random }) {
  const requests = calls.flatMap((call) => {
    const path = `/exotel/status/${call.reference}.${createHmac('sha256', secret).update(call.reference).digest('hex')}`
    return ['answered', 'terminal'].flatMap((eventType) => {
      const body = JSON.stringify(bodyOf(call, eventType))
      const bytes = Buffer.from(`POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
      return Array.from({ length: copies }, () => bytes)
    })
  })
  for (let at = requests.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    ;[requests[at], requests[other]] = [requests[other], requests[at]]
  }
  return requests
}

function bodyOf({ sid, phone, end }, eventType) {
  const ended = eventType === 'terminal'
  const status = ended ? end : 'in-progress'
  const seconds = ended && end === 'completed' ? 42 : 0
  return {
    CallSid: sid, EventType: eventType, DateCreated: '2026-11-24 12:00:00', DateUpdated: '2026-11-24 12:01:02', Status: status, To: '08047100000', From: `0${phone.slice(3)}`, PhoneNumberSid: '08047100000',
    StartTime: '2026-11-24 12:00:05', EndTime: ended ? '2026-11-24 12:00:47' : null, ConversationDuration: seconds, Direction: 'outbound-api', ...(ended ? { CustomField: 'x' } : {}),
    RecordingUrl: ended ? `https://recordings.example/acme1m/${sid}.mp3` : null, Legs: [{ OnCallDuration: seconds, Status: status, AnsweredBy: 'NA' }],
  }
}
