// The least that reading a file into a database can cost: its cells as text in one table, nothing judged, nothing matched.
import { createReadStream } from 'node:fs'
import Database from 'better-sqlite3'
import { parse } from 'csv-parse'

const [file, database] = process.argv.slice(2)
const db = new Database(database)
db.pragma('journal_mode = WAL')
let insert
db.exec('begin')
for await (const cells of createReadStream(file).pipe(parse())) {
  if (insert) {
    insert.run(cells)
    continue
  }
  db.exec(`create table cells (${cells.map(name => `"${name}" text`).join(', ')})`)
  insert = db.prepare(`insert into cells values (${cells.map(() => '?').join(', ')})`)
}
db.exec('commit')
db.close()
