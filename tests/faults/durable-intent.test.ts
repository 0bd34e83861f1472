import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { BIN, query, start } from '../cli/run-vacli.ts'
import { openArena, placedOf, type Arena } from './arena.ts'
import { tell } from './tell.ts'

// Where strace is missing these tests fail: what they show cannot be seen another way, and a skip would look like a pass.
const TRACE = ['-f', '-y', '-s', '70000', '-e', 'trace=pwrite64,fsync,fdatasync,connect']

let arena: Arena

beforeAll(async () => {
  arena = await openArena({ people: 3, withoutListener: true })
  // Swept just now: the one connection of a run is that of its call.
  expect(await arena.home.run('reconcile', { env: arena.env })).toMatchObject({ code: 0 })
})

/** What the process asked of the system, in order, from the write of the intent to the connection that carries the call. */
async function traceCall(customer: number, node: string[] = []): Promise<{ written: number, syncs: number[], connected: number }> {
  const { home, env, ledger } = arena
  const file = join(home.folder, `trace.${customer}`)
  const run = await start('strace', [...TRACE, '-o', file, process.execPath, ...node, BIN, 'call', '--customer', String(customer), '--yes'], home.env, { env }).ended
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('1 called') })

  const [{ reference }] = query(home.database, `select reference from call_sessions where customer_id = ${customer}`) as [{ reference: string }]
  const port = new URL(arena.sandbox.url).port
  const lines = readFileSync(file, 'utf8').split('\n')
  const found = (pattern: RegExp, more = '') => lines.flatMap((line, at) => pattern.test(line) && line.includes(more) ? [at] : [])
  expect(placedOf(ledger)).toHaveLength(customer)
  return {
    written: found(/pwrite64\(\d+<[^>]*-wal>/, reference)[0] ?? -1,
    syncs: found(/(?:fsync|fdatasync)\(\d+<[^>]*-wal>/),
    connected: found(/connect\(/, `htons(${port})`)[0] ?? -1,
  }
}

describe('before the connection that carries a call', () => {
  it('the intent is synced to the disk', async () => {
    const { written, syncs, connected } = await traceCall(1)
    const between = syncs.filter(at => at > written && at < connected)
    tell(`the intent is written at line ${written} of the trace, synced at ${between.join(', ')}, and the connection opened at ${connected}`)
    expect(written).toBeGreaterThan(0)
    expect(connected).toBeGreaterThan(written)
    expect(between.length).toBeGreaterThan(0)
  })

  it('nothing is synced where the pragma is NORMAL: the trace would show it', async () => {
    const { written, syncs, connected } = await traceCall(2, ['--import', join(import.meta.dirname, 'synchronous-normal.js')])
    expect(written).toBeGreaterThan(0)
    expect(connected).toBeGreaterThan(written)
    expect(syncs.filter(at => at > written && at < connected)).toEqual([])
  })
})
