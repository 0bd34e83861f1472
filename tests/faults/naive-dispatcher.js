// The mistake that the protocol avoids, as a negative control: dial first, then save who was dialled.
import Database from 'better-sqlite3'
import { openExotel } from '../../dist/telephony/exotel.js'

const [file, baseUrl] = process.argv.slice(2)
const db = new Database(file, { timeout: 5000 })
const account = { sid: 'sandbox', key: 'sandbox', token: 'sandbox', callerId: '08047100000', flowId: '1', timeOutS: 30, timeLimitS: 300, record: true, httpTimeoutMs: 65_000 }
const exotel = openExotel({ ...account, baseUrl, now: () => new Date() })
const next = db.prepare('select phone from people where sid is null order by random() limit 1').pluck()

for (let phone = next.get(); phone !== undefined; phone = next.get()) {
  db.prepare('insert into workers (pid) values (?)').run(process.pid)
  const outcome = await exotel.connect({ reference: `${process.pid}-${phone}`, to: phone, callbackUrl: null })
  if (outcome.kind === 'accepted')
    db.prepare('update people set sid = ? where phone = ?').run(outcome.sid, phone)
}
