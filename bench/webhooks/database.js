// A database with calls that Exotel has taken and not yet reported on.
import { readdirSync } from 'node:fs'
import Database from 'better-sqlite3'
import { openOrCreateStore } from '../../dist/db/open-store.js'

export async function makeDatabase(file, calls) {
  await (await openOrCreateStore({ database: file, mode: 'sandbox', now: new Date() })).close()
  const client = new Database(file)
  const at = Date.now()
  const phone = client.prepare('insert into phones (number) values (?)')
  const customer = client.prepare('insert into customers (id, fingerprint, full_name, primary_phone, first_uploaded_at, last_uploaded_at) values (?, ?, ?, ?, ?, ?)')
  const session = client.prepare(`insert into call_sessions (id, reference, customer_id, to_number, call_sid, status, metadata, created_at, updated_at) values (?, ?, ?, ?, ?, 'initiated', '{}', ?, ?)`)
  const update = client.prepare(`insert into call_status_updates (call_session_id, status, source, timestamp) values (?, ?, 'vacli', ?)`)
  client.transaction(() => calls.forEach((call, index) => {
    const id = index + 1
    phone.run(call.phone)
    customer.run(id, call.reference, `Borrower ${id}`, call.phone, at, at)
    session.run(id, call.reference, id, call.phone, call.sid, at, at)
    for (const status of ['scheduled', 'dialing', 'initiated'])
      update.run(id, status, at)
  }))()
  client.pragma('wal_checkpoint(truncate)')
  client.close()
}

/** What is kept in the spool or the inbox and not understood yet. */
export function countWaiting(file, stateFolder) {
  const spooled = readdirSync(stateFolder, { recursive: true }).filter(name => name.endsWith('.ndjson')).length
  return spooled + read(file, client => client.prepare('select count(*) as n from webhook_inbox where handled_at is null').get().n)
}

/** What is not as it was told; empty when every call is where it must be, and nothing was kept twice or lost. */
export function findDifferences(file, calls) {
  return read(file, (client) => {
    const wrong = []
    const expected = { events: client.prepare('select count(*) as n from webhook_inbox').get().n, updates: client.prepare('select count(*) as n from call_status_updates').get().n, problems: client.prepare('select count(*) as n from webhook_inbox where problem is not null').get().n }
    if (expected.events !== calls.length * 2 || expected.updates !== calls.length * 5 || expected.problems !== 0)
      wrong.push(JSON.stringify(expected))
    const sessions = new Map(client.prepare('select reference, status, duration_seconds, attention from call_sessions').all().map(row => [row.reference, row]))
    for (const { reference, end } of calls) {
      const { status, duration_seconds: seconds, attention } = sessions.get(reference)
      if (status !== end.replace('-', '_') || seconds !== (end === 'completed' ? 42 : 0) || attention !== null)
        wrong.push(`${reference} ${end}: ${status} ${seconds} ${attention}`)
    }
    return wrong
  })
}

function read(file, look) {
  const client = new Database(file, { readonly: true })
  try {
    return look(client)
  }
  finally {
    client.close()
  }
}
