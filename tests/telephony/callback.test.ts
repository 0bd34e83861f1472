import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CallbackEvent, parseCallback } from '../../src/telephony/callback.ts'
import { fixture } from './answering-server.ts'

const SID = '80bfbec2d78bbbf10fb851f4fa165211'
const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'
const MULTIPART_TYPE = 'multipart/form-data; boundary=------------------------d74496d66958873e'

const TERMINAL: Omit<CallbackEvent, 'fields'> = {
  callSid: SID,
  eventType: 'terminal',
  status: 'completed',
  durationSeconds: 320,
  recordingUrl: 'https://s3-ap-southeast-1.amazonaws.com/…/80bf….mp3',
  startedAt: new Date('2024-01-15T08:55:12Z'),
  endedAt: new Date('2024-01-15T09:00:45Z'),
}

async function read(body: string | Buffer, contentType = JSON_TYPE): Promise<CallbackEvent> {
  const event = await parseCallback(body, contentType)
  expect(event).toBeDefined()
  return event!
}

const readJson = (fields: unknown) => read(JSON.stringify(fields))

describe('the bodies of exotel.md 7.3', () => {
  it('of a call that ended, in JSON, with all that was sent', async () => {
    const body = fixture('7.3-terminal.json')

    expect(await read(body)).toEqual({ ...TERMINAL, fields: JSON.parse(body.toString()) as unknown })
  })

  it.each([
    ['7.3-terminal.urlencoded', FORM_TYPE],
    ['7.3-terminal.multipart', MULTIPART_TYPE],
  ])('%s says the same as JSON, but for who answered', async (name, type) => {
    const { fields, ...event } = await read(fixture(name), type)

    expect(event).toEqual(TERMINAL)
    expect(fields).toEqual({
      ...JSON.parse(fixture('7.3-terminal.json').toString()) as object,
      ConversationDuration: '320',
      Legs: { 0: { OnCallDuration: '335', Status: 'completed' }, 1: { OnCallDuration: '320', Status: 'completed' } },
    })
  })

  it('of a flow call that ended, with four fields', async () => {
    expect(await read(fixture('7.3-flow-four-fields.urlencoded'), FORM_TYPE)).toMatchObject({
      callSid: SID, eventType: null, status: 'completed', durationSeconds: null, startedAt: null, endedAt: TERMINAL.endedAt,
      recordingUrl: `https://recordings.exotel.com/exotelrecordings/acme1m/${SID}.mp3`,
    })
  })

  it.each(['7.3-answered-leg-1.urlencoded', '7.3-answered-leg-2.urlencoded'])('%s says that somebody answered, and nothing of an end', async (name) => {
    expect(await read(fixture(name), FORM_TYPE)).toMatchObject({ callSid: SID, eventType: 'answered', status: 'in-progress', durationSeconds: null, endedAt: null, recordingUrl: null, startedAt: TERMINAL.startedAt })
  })

  it('of a call that nobody answered', async () => {
    expect(await read(fixture('7.3-unanswered.json'))).toMatchObject({ eventType: 'terminal', status: 'no-answer', durationSeconds: 0, recordingUrl: null, endedAt: new Date('2024-01-15T08:55:43Z') })
  })

  it.each(['7.3-terminal.json', '7.3-terminal.urlencoded', '7.3-terminal.multipart'])('%s is understood as well with a content type that is missing or wrong', async (name) => {
    for (const type of ['', 'text/plain', 'application/octet-stream', JSON_TYPE, FORM_TYPE, 'multipart/form-data', 'multipart/form-data; boundary=other', '\u0000\n…'])
      expect(await read(fixture(name), type), type).toMatchObject(TERMINAL)
  })

  it.each([`${JSON_TYPE}; charset=utf-8`, 'APPLICATION/JSON', 'text/json'])('are JSON when the content type is %s', async (type) => {
    expect(await read(fixture('7.3-terminal.json'), type)).toMatchObject(TERMINAL)
  })
})

describe('the legs', () => {
  it.each<[string, unknown, number | null]>([
    ['a list', [{ OnCallDuration: 21 }, { OnCallDuration: 8 }], 21],
    ['an object by number', { 0: { OnCallDuration: '21' }, 1: { OnCallDuration: '8' } }, 21],
    ['a first leg that says null', [null, { OnCallDuration: 8 }], 8],
    ['a first leg that says nothing', [{ OnCallDuration: '' }, { OnCallDuration: 8 }], 8],
    ['an empty list', [], null],
    ['null', null, null],
    ['text', 'none', null],
    ['a number', 7, null],
  ])('tell the duration where nothing else does, as %s (7.2)', async (_, Legs, durationSeconds) => {
    expect((await readJson({ CallSid: SID, Status: 'completed', Legs })).durationSeconds).toBe(durationSeconds)
  })

  it('come under bracket keys, in any order (7.1)', async () => {
    const { fields } = await read('CallSid=x1&Legs[1][Status]=&Legs%5B0%5D%5BStatus%5D=completed&Legs[0][AnsweredBy]=HUMAN', FORM_TYPE)

    expect(fields).toEqual({ CallSid: 'x1', Legs: { 0: { Status: 'completed', AnsweredBy: 'HUMAN' }, 1: { Status: '' } } })
  })
})

describe('a field', () => {
  it.each([null, '', 'null', 'NULL', ' ', undefined])('that says %j erases nothing (7.4)', async (nothing) => {
    expect(await readJson({ CallSid: SID, Status: nothing, EventType: nothing, RecordingUrl: nothing, StartTime: nothing, EndTime: nothing, DateUpdated: nothing, ConversationDuration: nothing, Legs: nothing }))
      .toMatchObject({ callSid: SID, eventType: null, status: null, durationSeconds: null, recordingUrl: null, startedAt: null, endedAt: null })
  })

  it.each<[unknown, number | null]>([['320', 320], [320, 320], ['0', 0], [' 12 ', 12], ['3.6', 4], ['-1', null], ['1e400', null], ['1e300', null], ['many', null], [true, null], [[3], null]])('of duration %j is %j seconds', async (ConversationDuration, seconds) => {
    expect((await readJson({ CallSid: SID, ConversationDuration })).durationSeconds).toBe(seconds)
  })

  it.each<[Record<string, string>, string | null]>([
    [{ EndTime: '2024-01-15 14:30:45', DateUpdated: '2024-01-15 14:31:00' }, '2024-01-15T09:00:45.000Z'],
    [{ EndTime: '1970-01-01 05:30:00', DateUpdated: '2024-01-15 14:31:00' }, '2024-01-15T09:01:00.000Z'],
    [{ EndTime: '1970-01-01 05:30:00' }, null],
    [{ EndTime: '15/01/2024' }, null],
    [{ EventType: 'answered', DateUpdated: '2024-01-15 14:31:00' }, null],
    [{ EventType: 'Terminal', DateUpdated: '2024-01-15 14:31:00' }, '2024-01-15T09:01:00.000Z'],
  ])('of time %j ends the call at %j (3.4)', async (fields, endedAt) => {
    expect((await readJson({ CallSid: SID, ...fields })).endedAt).toEqual(endedAt && new Date(endedAt))
  })

  it('that nobody knows is kept and changes nothing', async () => {
    expect(await readJson({ CallSid: SID, Status: 'completed', Weather: { in: 'Pune' } })).toMatchObject({ status: 'completed', fields: { Weather: { in: 'Pune' } } })
  })

  it.each(['cancelled', 'canceled', 'Warming-Up'])('of status %s is handed on in Exotel\'s own word', async (Status) => {
    expect((await readJson({ CallSid: SID, Status })).status).toBe(Status)
  })

  it('may have the name that a flow gives it', async () => {
    expect(await readJson({ Sid: SID, CallStatus: 'busy' })).toMatchObject({ callSid: SID, status: 'busy' })
  })
})

describe('a body from outside', () => {
  it.each([
    ['nothing', '', ''],
    ['no fields', '{}', JSON_TYPE],
    ['neither a call nor a status', '{"hello":"world"}', JSON_TYPE],
    ['neither a call nor a status in a form', 'hello=world', FORM_TYPE],
    ['a list', '[{"CallSid":"x1"}]', JSON_TYPE],
    ['null', 'null', JSON_TYPE],
    ['text', '"CallSid"', JSON_TYPE],
    ['JSON cut short', '{"CallSid":"x1","Sta', JSON_TYPE],
    ['a form without its end', '--b\r\nContent-Disposition: form-data; name="CallSid"\r\n\r\nx1', 'multipart/form-data; boundary=b'],
    ['a page for people', '<html><body>CallSid=x1</body></html>', 'text/html'],
  ])('with %s is not understood', async (_, body, type) => {
    expect(await parseCallback(body, type)).toBeUndefined()
  })

  it.each([
    ['JSON', '{"CallSid":"x1","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"Legs":[{"__proto__":{"polluted":1}}]}', JSON_TYPE],
    ['a form', 'CallSid=x1&__proto__[polluted]=1&constructor[prototype][polluted]=1&Legs[__proto__][polluted]=1&Legs[0][__proto__]=1', FORM_TYPE],
  ])('changes no prototype by its keys in %s', async (_, body, type) => {
    const { fields } = await read(body, type)

    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    for (const at of [fields, fields.Legs, (fields.Legs as Record<string, unknown>)[0]].filter(each => each !== undefined)) {
      expect(Object.keys(at as object)).not.toContain('__proto__')
      expect((at as { polluted?: number }).polluted).toBeUndefined()
    }
    expect(JSON.stringify(fields)).not.toContain('__proto__')
  })

  it.each([
    ['JSON', `{"CallSid":"x1","Deep":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, JSON_TYPE],
    ['JSON of objects', `{"CallSid":"x1","Deep":${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}}`, JSON_TYPE],
    ['a form', `CallSid=x1&Deep${'[a]'.repeat(20_000)}=1`, FORM_TYPE],
    ['a form that never closes a bracket', `CallSid=x1&Deep${'['.repeat(2_000_000)}=1`, FORM_TYPE],
  ])('may nest without end in %s: what is handed on is flat enough to be written', async (_, body, type) => {
    const { callSid, fields } = await read(body, type)

    expect(callSid).toBe('x1')
    expect(JSON.stringify(fields).length).toBeLessThan(100)
  })

  const parts = (count: number, header: string) => `${Array.from({ length: count }, (_, at) => `--b\r\n${header}; name="k${at}"\r\n\r\nv\r\n`).join('')}--b\r\n${header}; name="CallSid"\r\n\r\nx1\r\n--b--\r\n`

  it.each([
    ['a form', (count: number) => `${'a=1&'.repeat(count)}CallSid=x1`, FORM_TYPE],
    ['a form without a type', (count: number) => `${'a=1&'.repeat(count)}CallSid=x1`, ''],
    ['parts', (count: number) => parts(count, 'Content-Disposition: form-data'), 'multipart/form-data; boundary=b'],
    ['parts in small letters', (count: number) => parts(count, 'content-disposition: form-data'), 'multipart/form-data; boundary=b'],
    ['parts without a type', (count: number) => parts(count, 'Content-Disposition: form-data'), ''],
  ])('is read with some hundred fields in %s, and not with thousands', async (_, bodyOf, type) => {
    expect((await parseCallback(bodyOf(400), type))?.callSid).toBe('x1')
    expect(await parseCallback(bodyOf(10_000), type)).toBeUndefined()
  })

  it('names a field twice and means the last', async () => {
    expect(await read('{"CallSid":"x1","Status":"busy","Status":"completed"}')).toMatchObject({ status: 'completed' })
    expect(await read('CallSid=x1&Status=busy&Status=completed', FORM_TYPE)).toMatchObject({ status: 'completed' })
  })

  it('leaves nothing that a database refuses', async () => {
    const { callSid, fields } = await read('{"CallSid":"x\\u00001","Note":"a\\ud800b","k\\u0000":1}')

    expect({ callSid, fields }).toEqual({ callSid: 'x1', fields: { CallSid: 'x1', Note: 'a\ufffdb', k: 1 } })
  })

  it('of plain objects only is handed on, in whatever form it came', async () => {
    const { fields } = await read(fixture('7.3-terminal.urlencoded'), FORM_TYPE)

    const legs = fields.Legs as Record<string, object>
    expect([fields, legs, legs[0]].map(each => Object.getPrototypeOf(each) as unknown)).toEqual([Object.prototype, Object.prototype, Object.prototype])
  })

  const types = fc.constantFrom('', JSON_TYPE, FORM_TYPE, MULTIPART_TYPE, 'multipart/form-data', 'multipart/form-data; boundary=""', 'multipart/mixed; boundary=b', 'text/plain')
  const pieces = fc.constantFrom('--b', '\r\n', 'Content-Disposition: form-data; name="CallSid"', '; filename="a"', 'CallSid', 'Status=completed', '&', '=', '[', ']', '%', '%00', '{', '}', '"', ':', ',', 'null', '__proto__', '1e999', '\\u0000', ' ')

  it.each<[string, fc.Arbitrary<string | Buffer>]>([
    ['any bytes', fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes))],
    ['any text', fc.string({ unit: 'binary', maxLength: 300 })],
    ['any JSON', fc.json()],
    ['pieces of callbacks', fc.array(pieces, { maxLength: 30 }).map(all => all.join(''))],
    ['a callback cut anywhere', fc.tuple(fc.constantFrom('7.3-terminal.json', '7.3-terminal.urlencoded', '7.3-terminal.multipart'), fc.nat(2500)).map(([name, end]) => fixture(name).subarray(0, end))],
  ])('of %s is an event that can be written, or none; never a failure', async (_, bodies) => {
    await fc.assert(fc.asyncProperty(bodies, fc.oneof(types, fc.string()), async (body, type) => {
      const event = await parseCallback(body, type)
      expect(event === undefined || (JSON.stringify(event).length > 0 && (event.callSid ?? event.status ?? event.eventType) !== null)).toBe(true)
      for (const at of [event?.startedAt, event?.endedAt])
        expect(at === undefined || at === null || Number.isFinite(at.getTime())).toBe(true)
    }), { numRuns: 1000 })
  })
})
