import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { openOrCreateStore, openStore } from '../../src/db/open-store.ts'
import { explainDriverError } from '../../src/driver-errors.ts'
import { NOW, newUpload } from './borrowers.ts'

/** A store beside another connection that holds the database. */
async function openHeld(patienceMs?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'vacli-patience-'))
  const settings = { database: join(folder, 'vacli.db'), mode: 'sandbox', now: NOW } as const
  await (await openOrCreateStore(settings)).close()
  const store = await openStore({ ...settings, patienceMs })
  const other = new Database(settings.database)
  onTestFinished(async () => {
    other.close()
    await store.close()
    rmSync(folder, { recursive: true })
  })
  other.exec('begin immediate')
  return { store, other }
}

/** Turns of the event loop until the work is done. */
async function turnsUntil(work: Promise<unknown>): Promise<number> {
  const state = { isDone: false, turns: 0 }
  void work.then(() => { state.isDone = true })
  while (!state.isDone) {
    state.turns++
    await new Promise(setImmediate)
  }
  return state.turns
}

it.each<[string, (store: Awaited<ReturnType<typeof openHeld>>['store']) => Promise<unknown>]>([
  ['a batch', store => store.clearAttention(1)],
  ['a single statement', store => store.startUpload(newUpload())],
])('%s waits for whoever holds the database, and holds up nobody meanwhile', async (_, write) => {
  const { store, other } = await openHeld()
  const writing = write(store)
  setTimeout(() => other.exec('commit'), 200)
  const turns = await turnsUntil(writing)

  // The driver's own wait would leave a handful: one a try.
  expect(turns).toBeGreaterThan(100)
})

it('gives up when its patience is over, and says so', async () => {
  const { store } = await openHeld(30)

  const error = await store.startUpload(newUpload()).catch((thrown: unknown) => thrown)

  expect(explainDriverError(error)).toMatchObject({ code: 'busy', message: 'the database stayed busy' })
  await expect(store.clearAttention(1)).rejects.toMatchObject({ code: 'SQLITE_BUSY' })
})

it('reads while somebody else writes', async () => {
  const { store, other } = await openHeld(0)
  other.exec('insert into phones (number) values (\'+919000000101\')')

  expect(await store.findMeta('mode')).toBe('sandbox')
})
