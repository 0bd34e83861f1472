import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { once } from 'node:events'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { openOrCreateStore } from '../../src/db/open-store.ts'
import { spoolFolder } from '../../src/db/spool.ts'
import { statusPath } from '../../src/server/signature.ts'
import { createHome, type Environment, query, type Served, until } from '../cli/run-vacli.ts'

const SECRET = 'a secret for the fault tests'

export interface Told { path: string, reference: string, body: string, status: string }
export type Stage = Awaited<ReturnType<typeof openStage>>

/** A database with calls that Exotel took, and `vacli webhook serve` on it in a process of its own. */
export async function openStage(calls: number, { database, env = {} }: { database?: string, env?: Environment } = {}) {
  const home = createHome({ VACLI_WEBHOOK_SECRET: SECRET, ...(database ? { VACLI_DATABASE: database } : {}), ...env })
  const file = database ?? home.database
  await fill(file, calls)
  const spool = spoolFolder(`${home.env.XDG_STATE_HOME}/vacli`, file)
  let server: Served | undefined
  let port = '0'

  return {
    home, file, spool,
    async start() {
      server = await home.serve(['webhook', 'serve', '--port', port, '--quiet'])
      port = new URL(server.url).port
      return server
    },
    server: () => server!,
    path: (reference: string) => statusPath(reference, SECRET),
    spooled: () => readdirSync(spool).filter(name => name.endsWith('.ndjson')).length,
    rssMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server!.child.pid}/status`, 'utf8'))![1]) / 1024,
    /** Resolves once inbox and spool hold nothing that waits. */
    drained: () => until('an empty inbox and spool', () => readdirSync(spool).every(name => !name.endsWith('.ndjson')) && query(file, 'select 1 from webhook_inbox where handled_at is null limit 1').length === 0),
  }
}

async function fill(file: string, calls: number) {
  await (await openOrCreateStore({ database: file, mode: 'sandbox', now: new Date() })).close()
  const client = new Database(file)
  const at = Date.now()
  client.transaction(() => {
    for (let id = 1; id <= calls; id++) {
      const phone = `+919${800_000_000 + id}`
      client.prepare('insert into phones (number) values (?)').run(phone)
      client.prepare('insert into customers (id, fingerprint, full_name, primary_phone, first_uploaded_at, last_uploaded_at) values (?, ?, ?, ?, ?, ?)').run(id, `f${id}`, `Borrower ${id}`, phone, at, at)
      client.prepare(`insert into call_sessions (id, reference, customer_id, to_number, call_sid, status, metadata, created_at, updated_at) values (?, ?, ?, ?, ?, 'initiated', '{}', ?, ?)`).run(id, `ref${id}`, id, phone, `sid${id}`, at, at)
    }
  })()
  client.close()
}

/** What Exotel tells of a call: that it was answered, and how it ended. */
export function toldOf(stage: Stage, call: number, { padding = 0 } = {}): Told[] {
  const end = ['completed', 'busy', 'no-answer', 'failed'][call % 4]!
  return [['answered', 'in-progress'], ['terminal', end]].map(([EventType, Status]) => ({
    path: stage.path(`ref${call}`), reference: `ref${call}`, status: Status!,
    body: JSON.stringify({ CallSid: `sid${call}`, EventType, Status, ConversationDuration: Status === 'completed' ? 62 : 0, ...(padding > 0 ? { Note: 'x'.repeat(padding) } : {}) }),
  }))
}

/** A sender like Exotel's, over connections that it keeps. Gives the status, or 0 where none came. */
export function openSender() {
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  return (url: string, { path, body }: Pick<Told, 'path' | 'body'>) => new Promise<number>((resolve) => {
    const sending = request(url + path, { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } }, (response) => {
      response.resume()
      response.once('error', () => resolve(0))
      response.once('end', () => resolve(response.statusCode!))
    })
    sending.once('error', () => resolve(0))
    sending.end(body)
  })
}

/** Events that were acknowledged and are nowhere, or are there more than once. */
export function findLost(file: string, acknowledged: Told[]) {
  const kept = new Set(query(file, 'select reference, body_hash from webhook_inbox').map(row => `${String(row.reference)} ${String(row.body_hash)}`))
  const recorded = new Map(query(file, `select s.reference as reference, u.status as status, count(*) as times from call_status_updates u join call_sessions s on s.id = u.call_session_id where u.source = 'webhook' group by 1, 2`)
    .map(row => [`${String(row.reference)} ${String(row.status)}`, Number(row.times)]))
  return acknowledged.filter(({ reference, body, status }) =>
    !kept.has(`${reference} ${hash('sha256', body)}`) || recorded.get(`${reference} ${status.replaceAll('-', '_')}`) !== 1)
}

export function findDamage(file: string): unknown {
  return query(file, 'pragma integrity_check')
}

export async function killed(server: Served): Promise<void> {
  const closed = once(server.child, 'close')
  server.child.kill('SIGKILL')
  await closed
}
