// The least that a thousand calls can cost: a loop of POSTs, nothing judged, nothing kept.
import got from 'got'

const [url, requests, concurrency] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
let next = 0

async function post() {
  for (let at = next++; at < requests; at = next++) {
    const { body } = await got.post(`${url}/v1/Accounts/sandbox/Calls/connect.json`, {
      username: 'sandbox',
      password: 'sandbox',
      form: {
        From: `+9198${String(10_000_000 + at * 10 + 1)}`, CallerId: '08047100000', Url: 'http://my.exotel.com/sandbox/exoml/start_voice/1', CallType: 'trans',
        TimeOut: '30', TimeLimit: '300', Record: 'true', CustomField: String(at).padStart(32, '0'),
      },
      retry: { limit: 0 },
      timeout: { request: 65_000 },
    })
    JSON.parse(body)
  }
}

const [cpu, wall] = [process.cpuUsage(), performance.now()]
await Promise.all(Array.from({ length: concurrency }, post))
const { user, system } = process.cpuUsage(cpu)
process.stdout.write(`LOOP ${JSON.stringify({ cpu: (user + system) / 1e6, wall: (performance.now() - wall) / 1000 })}\n`)
