// Preloaded into vacli: every process keeps a budget of requests to itself instead of sharing one. A negative control.
import Database from 'better-sqlite3'

const { prepare } = Database.prototype
Database.prototype.prepare = function (source) {
  // A table of the connection's own stands before the shared one of that name.
  if (source.includes('insert into "pace"'))
    this.exec('create temp table if not exists pace ("key" text primary key, next_at integer not null)')
  return prepare.call(this, source)
}
