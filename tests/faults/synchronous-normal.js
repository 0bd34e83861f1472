// Preloaded into vacli: the database's commits are no longer synced, as if the pragma were forgotten. A negative control.
import Database from 'better-sqlite3'

const { pragma } = Database.prototype
Database.prototype.pragma = function (source, options) {
  return pragma.call(this, source === 'synchronous = FULL' ? 'synchronous = NORMAL' : source, options)
}
