import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type GuardTerms, startDispatchNotes, verifyAllCallsKnown } from '../../src/app/gap-guard.ts'
import { type DispatchRecord, type DispatchRecords, hostId, openDispatchRecords } from '../../src/db/dispatch-record.ts'
import { VacliError } from '../../src/errors.ts'
import { judgeDial } from '../../src/domain/callability.ts'
import { DEFAULT_CALL_RULES } from '../../src/domain/call-rules.ts'
import { NOW } from '../db/borrowers.ts'
import { openReconcileStage, type ReconcileStage, SETTLE_MS, TERMS } from './reconcile-stage.ts'

const LIVE: GuardTerms = { callerId: TERMS.callerId, readEveryMs: 0, settleMs: SETTLE_MS, isAlone: false }

/** A guard on records in memory, which the test may exchange. */
async function openGuard(options: Parameters<typeof openReconcileStage>[1] = {}, count = 1) {
  const stage = await openReconcileStage(count, options)
  await stage.store.writeMeta('install_id', 'install-1')
  const records: DispatchRecords & { now: DispatchRecord | 'broken' | undefined } = { now: undefined, path: '/data/vacli.db', read: () => records.now, write: record => void (records.now = record) }
  const ports = { ...stage.ports, records, host: 'office-1/ab' }
  return { stage, records, ports, verify: (terms: Partial<GuardTerms> = {}) => verifyAllCallsKnown(ports, { ...LIVE, ...terms }), notes: () => startDispatchNotes(ports) }
}

async function codeOf(work: Promise<unknown>) {
  return work.then(() => undefined, (error: unknown) => error instanceof VacliError ? error.code : error)
}

/** One run from its start to its end, with a call to each. */
async function runOnce({ stage, notes }: Awaited<ReturnType<typeof openGuard>>, customers = [0]) {
  const { note, end } = notes()
  await note()
  for (const at of customers)
    await stage.dial({}, at)
  await note()
  await end()
}

const sweeps = (stage: ReconcileStage) => stage.sandbox.reads().length

describe('before anybody is called', () => {
  it('the account is swept, and again only after a quarter of an hour', async () => {
    const { stage, verify } = await openGuard()
    expect(await verify()).toMatchObject({ found: 0 })
    expect(await verify()).toBe(undefined)
    stage.pass(15 * 60_000 + 1)
    expect(await verify()).toMatchObject({ found: 0 })
  })

  it('it is not where nobody else can call from it', async () => {
    const { stage, verify } = await openGuard()
    expect(await verify({ isAlone: true })).toBe(undefined)
    expect(sweeps(stage)).toBe(0)
  })

  it('nobody is where it cannot be swept', async () => {
    const { verify } = await openGuard({ misbehave: { seed: 1, reads: { errors: 1 } } })
    expect(await codeOf(verify())).toBe('unavailable')
  })
})

describe('a gap', () => {
  it('is none after a run that came to its end', async () => {
    const guard = await openGuard()
    await runOnce(guard)
    expect(guard.records.now).toEqual({ installId: 'install-1', host: 'office-1/ab', path: '/data/vacli.db', lastDispatchAt: NOW.toISOString(), runningSince: null, aliveUntil: null })
    expect(await guard.verify({ isAlone: true })).toBe(undefined)
  })

  it.each<[string, (record: DispatchRecord) => DispatchRecord | 'broken' | undefined]>([
    ['a record that is not there', () => undefined],
    ['a record that is broken', () => 'broken'],
    ['a record of another database', record => ({ ...record, installId: 'install-2' })],
    ['a record of another machine', record => ({ ...record, host: 'office-2/ab' })],
    ['a record that was copied with its folder', record => ({ ...record, path: '/old/vacli.db' })],
    ['a record that knows of later calls', record => ({ ...record, lastDispatchAt: new Date(NOW.getTime() + 1000).toISOString() })],
    ['a run that was cut off', record => ({ ...record, runningSince: NOW.toISOString(), aliveUntil: NOW.toISOString() })],
  ])('is swept once: %s', async (_, change) => {
    const guard = await openGuard()
    await runOnce(guard)
    await guard.verify()
    guard.records.now = change(guard.records.now as DispatchRecord)
    guard.stage.pass(SETTLE_MS + 60_000)
    expect(await guard.verify({ isAlone: true })).toMatchObject({ listed: 1 })
    expect(guard.records.now).toMatchObject({ installId: 'install-1', host: 'office-1/ab', runningSince: null })
    expect(await guard.verify({ isAlone: true })).toBe(undefined)
  })

  it('stays open, and nobody is called, while it cannot be swept', async () => {
    const guard = await openGuard()
    await runOnce(guard)
    const record = guard.records.now = { ...guard.records.now as DispatchRecord, runningSince: NOW.toISOString(), aliveUntil: NOW.toISOString() }
    guard.stage.telephony.listCalls = () => Promise.reject(new VacliError('unavailable', 'Exotel answered 503'))
    expect(await codeOf(guard.verify())).toBe('unavailable')
    expect(guard.records.now).toBe(record)
  })

  it('is not swept while the lost calls may go on: the list omits them', async () => {
    const guard = await openGuard({ misbehave: { seed: 1, reads: { omitOngoing: true } } })
    await runOnce(guard)
    const lostAt = new Date(NOW.getTime() + 60_000)
    guard.records.now = { ...guard.records.now as DispatchRecord, lastDispatchAt: lostAt.toISOString() }
    guard.stage.clock.now = new Date(lostAt.getTime() + SETTLE_MS - 1)
    expect(await codeOf(guard.verify())).toBe('unavailable')
    expect(sweeps(guard.stage)).toBe(0)
    guard.stage.pass(1)
    expect(await guard.verify()).toMatchObject({ listed: 1 })
  })

  it.each<[string, (record: DispatchRecord) => DispatchRecord | 'broken' | undefined]>([
    ['nothing beside it', () => undefined],
    ['something beside it that is no record', () => 'broken'],
    ['the record of another database', record => ({ ...record, installId: 'install-2' })],
    ['the record of another machine', record => ({ ...record, host: 'office-2/ab' })],
  ])('of a copy, with %s, is not swept before every call that the other copy may have placed has ended', async (_, change) => {
    const guard = await openGuard({ misbehave: { seed: 1, reads: { omitOngoing: true } } })
    await runOnce(guard)
    guard.stage.pass(24 * 3_600_000)
    guard.records.now = change(guard.records.now as DispatchRecord)
    expect(await codeOf(guard.verify())).toBe('unavailable')
    guard.stage.pass(SETTLE_MS - 1)
    expect(await codeOf(guard.verify())).toBe('unavailable')
    expect(sweeps(guard.stage)).toBe(0)
    guard.stage.pass(1)
    expect(await guard.verify()).toMatchObject({ listed: 1 })
    expect(await guard.verify()).toBe(undefined)
  })

  it('beside a run that goes on is none', async () => {
    const guard = await openGuard()
    const { note } = guard.notes()
    await guard.stage.dial()
    await note()
    expect(await guard.verify({ isAlone: true })).toBe(undefined)
    guard.stage.pass(20_001)
    expect(await guard.verify({ isAlone: true })).toMatchObject({ listed: 1 })
  })

  it('of a restored backup is closed by adopting what was dialled since, and nobody is dialled again', async () => {
    const guard = await openGuard({}, 20)
    const { stage } = guard
    await runOnce(guard, [0, 1])
    // What the backup does not have: the calls of eighteen more, of which only the account knows.
    stage.pass(60_000)
    for (let at = 2; at < 20; at++)
      await stage.telephony.connect({ reference: `lost${at}`, to: stage.phoneOf(at), callbackUrl: null })
    guard.records.now = { ...guard.records.now as DispatchRecord, lastDispatchAt: stage.clock.now.toISOString() }
    stage.pass(SETTLE_MS)

    expect((await guard.verify())!.orphans).toHaveLength(18)

    await stage.reconcile()
    const verdicts = (await stage.store.readFacts(stage.customerIds, stage.clock.now)).map(facts => judgeDial(facts, DEFAULT_CALL_RULES, stage.clock.now).ok)
    expect(verdicts).toEqual(Array.from({ length: 20 }, () => false))
  })
})

describe('the record', () => {
  function folder() {
    const made = mkdtempSync(join(tmpdir(), 'vacli-record-'))
    onTestFinished(() => rmSync(made, { recursive: true }))
    return made
  }
  const RECORD: DispatchRecord = { installId: 'install-1', host: hostId(), path: '/data/vacli.db', lastDispatchAt: NOW.toISOString(), runningSince: null, aliveUntil: null }

  it('lies beside a SQLite file, for its owner alone, and is written whole', () => {
    const database = join(folder(), 'vacli.db')
    const records = openDispatchRecords(database, '/nowhere')
    expect(records.read()).toBe(undefined)
    records.write({ ...RECORD, runningSince: NOW.toISOString() })
    records.write(RECORD)
    expect(records.read()).toEqual(RECORD)
    expect(statSync(`${database}.dispatch.json`).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(`${database}.dispatch.json`, 'utf8'))).toEqual({ install_id: 'install-1', host: hostId(), path: '/data/vacli.db', last_dispatch_at: NOW.toISOString(), running_since: null, alive_until: null })
  })

  it('lies in the state folder for a server, whatever its password', () => {
    const state = join(folder(), 'state')
    openDispatchRecords('postgres://asha:one@db.example/loans', state).write(RECORD)
    expect(openDispatchRecords('postgres://asha:two@db.example/loans', state).read()).toEqual(RECORD)
    expect(openDispatchRecords('postgres://asha:one@db.example/other', state).read()).toBe(undefined)
  })

  it.each(['', '{', '[]', '"x"', 'null', '{"install_id":1}', '{"install_id":"a","host":"b","path":"c","last_dispatch_at":"soon","running_since":null,"alive_until":null}'])('of %j is broken', (text) => {
    const database = join(folder(), 'vacli.db')
    writeFileSync(`${database}.dispatch.json`, text)
    expect(openDispatchRecords(database, '/nowhere').read()).toBe('broken')
  })
})

it('names this machine by more than its name', () => {
  expect(hostId()).toMatch(/^.+\/[0-9a-f]{16}$/)
})
