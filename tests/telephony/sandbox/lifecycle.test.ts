import { expect, it } from 'vitest'
import { createCallSid } from '../../../src/telephony/sandbox/call-sid.ts'
import { callAt, FAST_TIMINGS, planCourse } from '../../../src/telephony/sandbox/lifecycle.ts'

const CREATED = new Date('2024-01-15T09:00:00.000Z')
const after = (seconds: number) => new Date(CREATED.getTime() + seconds * 1000)
const TIMINGS = { answerLatencyMs: 0, ringMs: 8_000, talkMs: 61_500, billingLagMs: 120_000, callbackRetryMs: 0 }
const UNLIMITED = { timeOutS: null, timeLimitS: null }

it.each([
  [0, { status: 'ringing', answeredAt: null, endedAt: null, durationSeconds: null, price: null, updatedAt: after(0) }],
  [7.999, { status: 'ringing', answeredAt: null, endedAt: null, durationSeconds: null, price: null, updatedAt: after(0) }],
  [8, { status: 'in-progress', answeredAt: after(8), endedAt: null, durationSeconds: null, price: null, updatedAt: after(8) }],
  [69.499, { status: 'in-progress', answeredAt: after(8), endedAt: null, durationSeconds: null, price: null, updatedAt: after(8) }],
  [69.5, { status: 'completed', answeredAt: after(8), endedAt: after(69.5), durationSeconds: 62, price: null, updatedAt: after(69.5) }],
  [189.5, { status: 'completed', answeredAt: after(8), endedAt: after(69.5), durationSeconds: 62, price: '1.000', updatedAt: after(189.5) }],
])('an answered call at %d s (4)', (seconds, state) => {
  expect(callAt({ createdAt: CREATED, fate: 'answered', course: planCourse(TIMINGS, UNLIMITED) }, after(seconds))).toEqual(state)
})

it.each([
  [7.999, { status: 'ringing', answeredAt: null, endedAt: null, durationSeconds: null, price: null, updatedAt: after(0) }],
  [8, { status: 'no-answer', answeredAt: null, endedAt: after(8), durationSeconds: 0, price: null, updatedAt: after(8) }],
  [128, { status: 'no-answer', answeredAt: null, endedAt: after(8), durationSeconds: 0, price: '0.000', updatedAt: after(128) }],
])('a call that nobody answers at %d s (4)', (seconds, state) => {
  expect(callAt({ createdAt: CREATED, fate: 'no_answer', course: planCourse(TIMINGS, UNLIMITED) }, after(seconds))).toEqual(state)
})

it('TimeOut bounds the ring, TimeLimit the talk (2.1)', () => {
  expect(planCourse(TIMINGS, { timeOutS: 5, timeLimitS: 30 })).toEqual({ ringMs: 5_000, talkMs: 30_000, billingLagMs: 120_000 })
  expect(planCourse(TIMINGS, { timeOutS: 30, timeLimitS: 300 })).toEqual({ ringMs: 8_000, talkMs: 61_500, billingLagMs: 120_000 })
})

it('a fast call takes about a second', () => {
  expect(FAST_TIMINGS.ringMs + FAST_TIMINGS.talkMs).toBe(1_000)
})

it('a Sid is 32 alphanumerics, not always hex (3.1)', () => {
  const filledWith = (kind: number) => createCallSid(size => Buffer.alloc(size, kind))

  expect([filledWith(0), filledWith(255)]).toEqual(['0'.repeat(32), `${'f'.repeat(31)}z`])
  const sids = Array.from({ length: 256 }, (_, kind) => filledWith(kind))
  expect(sids.filter(sid => !/^[0-9a-z]{32}$/.test(sid))).toEqual([])
  expect(sids.filter(sid => /^[0-9a-f]{32}$/.test(sid))).toHaveLength(128)
})
