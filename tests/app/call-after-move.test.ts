import { expect, it } from 'vitest'
import { callAfterMove } from '../../src/app/call-after-move.ts'
import type { CalledSession } from '../../src/db/inbox-store.ts'
import type { CallMove } from '../../src/db/move-store.ts'
import { NOW } from '../db/borrowers.ts'

const CALL: CalledSession = { id: 1, reference: 'ref1', callSid: 'sid1', status: 'initiated', endedAt: null }

it.each<[string, Partial<CalledSession>, Pick<CallMove, 'status' | 'fields'>, CalledSession | undefined]>([
  ['moves up', {}, { status: 'in_progress', fields: { callSid: 'sid1' } }, { ...CALL, status: 'in_progress' }],
  ['ends when it is told to', {}, { status: 'completed', fields: { callSid: 'sid1', endedAt: NOW } }, { ...CALL, status: 'completed', endedAt: NOW }],
  ['keeps its first end', { status: 'completed', endedAt: NOW }, { status: 'busy', fields: { endedAt: new Date(0) } }, { ...CALL, status: 'completed', endedAt: NOW }],
  ['stays where it is for a word that is no status', {}, { status: null }, CALL],
  ['moves up without a CallSid', {}, { status: 'ringing' }, { ...CALL, status: 'ringing' }],
  ['is for the database to say, where it gets its CallSid', { callSid: null }, { status: 'completed', fields: { callSid: 'sid1' } }, undefined],
  ['is for the database to say, where another CallSid is told', {}, { status: null, fields: { callSid: 'sid2' } }, undefined],
  ['is for the database to say, where it seemed not placed', { status: 'not_placed' }, { status: 'completed', fields: { callSid: 'sid1' } }, undefined],
])('the call %s', (_, standing, move, after) => {
  expect(callAfterMove({ ...CALL, ...standing }, move)).toEqual(after)
})
