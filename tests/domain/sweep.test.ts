import { expect, it } from 'vitest'
import type { ListedCall } from '../../src/domain/listed-call.ts'
import { type Claimant, type Finding, judgeListed } from '../../src/domain/sweep.ts'

const AT = new Date('2026-11-23T06:30:00Z')
const PHONE = '+919810000011'
const listed = (values: Partial<ListedCall> = {}): ListedCall => ({ sid: 'sid1', from: '09810000011', customField: null, direction: 'outbound-api', exophone: null, createdAt: AT, ...values })
const session = (values: Partial<Claimant> = {}): Claimant => ({ id: 7, reference: 'ref1', toNumber: PHONE, callSid: null, postStartedAt: AT, ...values })
const OURS = listed({ customField: 'ref1' })

it.each<[string, ListedCall, Claimant | undefined, Claimant[], Finding]>([
  ['ours by its reference', OURS, session(), [session()], { kind: 'attach', sessionId: 7 }],
  ['known meanwhile: an answer was saved while the list was read', OURS, session({ callSid: 'sid1' }), [], { kind: 'known' }],
  ['a second one of a reference', OURS, session({ callSid: 'sid0' }), [], { kind: 'second_sid', sessionId: 7, known: 'sid0', number: PHONE }],
  ['a second one behind hidden digits', { ...OURS, from: '0XXXXX00011' }, session({ callSid: 'sid0' }), [], { kind: 'second_sid', sessionId: 7, known: 'sid0', number: PHONE }],
  ['perhaps an open one', listed(), undefined, [session()], { kind: 'leave' }],
  ['perhaps an open one, of whom half is shown', listed({ from: '0XXXXX00011' }), undefined, [session()], { kind: 'leave' }],
  ['another number\'s', listed(), undefined, [session({ toNumber: '+919810000012' })], { kind: 'orphan', number: PHONE }],
  ['another time\'s', listed({ createdAt: new Date(AT.getTime() - 7 * 3_600_000) }), undefined, [session()], { kind: 'orphan', number: PHONE }],
  ['another program\'s by its reference', listed({ customField: 'order_12345' }), undefined, [session()], { kind: 'orphan', number: PHONE }],
  ['nobody\'s', listed(), undefined, [], { kind: 'orphan', number: PHONE }],
  ['nobody\'s, to half a number', listed({ from: '0XXXXX00011' }), undefined, [], { kind: 'orphan', number: undefined }],
])('a listed call is %s', (_, call, named, open, finding) => {
  expect(judgeListed(call, named, open)).toEqual(finding)
})
