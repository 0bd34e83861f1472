import { randomUUID } from 'node:crypto'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, onTestFinished } from 'vitest'
import type { CallTerms, OutcomeRecord, PlacedCall } from '../../src/app/call-ports.ts'
import { placeCalls, type RunPorts } from '../../src/app/place-calls.ts'
import { openOrCreateStore, openStore } from '../../src/db/open-store.ts'
import { openSpool } from '../../src/db/spool.ts'
import type { Store } from '../../src/db/store.ts'
import { DEFAULT_CALL_RULES } from '../../src/domain/call-rules.ts'
import type { Telephony } from '../../src/telephony/port.ts'
import { importRows, NOW, type Row } from '../db/borrowers.ts'
import { clientAt } from '../telephony/exotel-client.ts'
import { ACCOUNT, openSandbox } from '../telephony/sandbox/sandbox-harness.ts'

export const SECRET = 'test-secret'

export const TERMS: CallTerms = { rules: DEFAULT_CALL_RULES, runId: null, operator: 'asha', owner: 'test:1', callerId: '08047100000', settleMs: 12 * 60_000, longestCallMs: 6 * 60_000 }

/** As fast as the machine allows. */
export const UNPACED = { perMinute: Number.POSITIVE_INFINITY, concurrency: 1000 }

/** A borrower who may be called at noon of the day on which all tests play. */
export function borrower(phone: string, values: Row = {}): Row {
  return { name: 'Asha Verma', phone, loan_id: `LN${phone}`, amount: '250000', due_amount: '15000', due_date: '2026-11-01', ...values }
}

/** So many borrowers, whose calls all end in the way of these last four digits. */
export function borrowers(count: number, digits: string): Row[] {
  return Array.from({ length: count }, (_, at) => borrower(`98${String(1000 + at)}${digits}`))
}

export type Stage = Awaited<ReturnType<typeof openStage>>

/** A database in a file, filled by an import, and a clock that only `wait` moves. */
export async function openStage(rows: Row[]) {
  const folder = mkdtempSync(join(tmpdir(), 'vacli-calls-'))
  const file = join(folder, 'vacli.db')
  const clock = { now: NOW }
  copyFileSync(await (emptyDatabase ??= makeEmptyDatabase()), file)
  const settings = { database: file, mode: 'sandbox', now: NOW } as const
  const store = await openStore(settings)
  const opened = [store]
  onTestFinished(async () => {
    for (const each of opened)
      await each.close()
    rmSync(folder, { recursive: true })
  })
  await importRows(store, rows)
  const customers = await store.listCustomers({ sort: 'id' }, NOW, { limit: 0 })

  return {
    file,
    store,
    clock,
    spool: openSpool(join(folder, 'spool')),
    customerIds: customers.map(({ id }) => id),
    /** The same database as another process sees it. */
    async openAgain(): Promise<Store> {
      const again = await openStore(settings)
      opened.push(again)
      return again
    },
    look: <Row = Record<string, unknown>>(sql: string, ...values: unknown[]) => look<Row>(file, sql, values),
    statuses: () => look<{ status: string }>(file, 'select status from call_sessions order by id', []).map(({ status }) => status),
    timeline: (callId = 1) => look<{ status: string }>(file, 'select status from call_status_updates where call_session_id = ? order by id', [callId]).map(({ status }) => status),
  }
}

let emptyDatabase: Promise<string> | undefined

// Made once and copied: a schema takes longer to make than most of the tests take.
async function makeEmptyDatabase(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'vacli-calls-'))
  const database = join(folder, 'vacli.db')
  await (await openOrCreateStore({ database, mode: 'sandbox', now: NOW })).close()
  removeAtEnd.push(folder)
  return database
}

const removeAtEnd: string[] = []
afterAll(() => removeAtEnd.splice(0).forEach(folder => rmSync(folder, { recursive: true })))

function look<Row>(file: string, sql: string, values: unknown[]): Row[] {
  const client = new Database(file, { readonly: true })
  try {
    return client.prepare(sql).all(...values) as Row[]
  }
  finally {
    client.close()
  }
}

export function portsOf({ store, clock }: Pick<Stage, 'store' | 'clock'>, telephony: Telephony, callbackUrl: (reference: string) => string | null = () => null) {
  const waits: number[] = []
  const spooled: OutcomeRecord[] = []
  const ports: RunPorts = {
    store,
    telephony,
    callbackUrl,
    newReference: () => randomUUID().replaceAll('-', ''),
    now: () => clock.now,
    spool: async records => void spooled.push(...records),
    async wait(ms) {
      waits.push(ms)
      clock.now = new Date(clock.now.getTime() + ms)
      await new Promise(setImmediate) // lets what came over the network be read
    },
  }
  return { ...ports, waits, spooled }
}

/** Calls that have been placed end as soon as their lines are wanted. */
export function linesComeFree({ store, clock }: Pick<Stage, 'store' | 'clock'>): Pick<RunPorts, 'whileFull'> {
  return {
    async whileFull() {
      const placed = (await store.findEveryOpenCall()).filter(({ status }) => status === 'initiated')
      await store.moveCalls(placed.map(({ id }) => ({ id, status: 'completed', told: 'completed', source: 'webhook', at: clock.now })))
    },
  }
}

/** A run of one: the call, or what it is blocked by. */
export async function placeOne(ports: RunPorts, terms: CallTerms, customerId: number): Promise<PlacedCall | { blocked: string }> {
  const placed: PlacedCall[] = []
  const { blocked } = await placeCalls({ ...ports, onCall: call => void placed.push(call) }, terms, [customerId], { ...UNPACED, max: 1 })
  return placed[0] ?? { blocked: Object.keys(blocked)[0] ?? 'nothing' }
}

/** Exotel's simulator on the clock of the stage, and the client that talks to it. */
export async function openExchange({ clock }: Pick<Stage, 'clock'>, options: Parameters<typeof openSandbox>[0] = {}) {
  const sandbox = await openSandbox({ clock: () => clock.now, ...options })
  return { sandbox, telephony: clientAt(sandbox.url, { ...ACCOUNT, now: () => clock.now }) }
}
