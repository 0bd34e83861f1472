// Preloaded into the listener: a call stands where it was told last, whatever its rank was. A negative control.
import Database from 'better-sqlite3'

const { prepare } = Database.prototype
Database.prototype.prepare = function (source) {
  return prepare.call(this, source.replace('< r.rank', 'is not r.rank'))
}
