// How long the longest wait for the database's write lock is while somebody else imports: as long as the file named third is there.
import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'

const [database, running] = process.argv.slice(2)
while (!existsSync(database) && existsSync(running))
  await new Promise(resolve => setTimeout(resolve, 20))
const db = new Database(database, { timeout: 0 })
const waits = []
let since
while (existsSync(running)) {
  const now = performance.now()
  try {
    db.exec('begin immediate; rollback')
    if (since !== undefined)
      waits.push(now - since)
    since = undefined
  }
  catch (error) {
    if (error.code !== 'SQLITE_BUSY')
      throw error
    since ??= now
  }
  await new Promise(resolve => setTimeout(resolve, 2))
}
waits.sort((a, b) => a - b)
process.stdout.write(JSON.stringify({ waits: waits.length, median: waits[waits.length >> 1] ?? 0, longest: waits.at(-1) ?? 0 }))
