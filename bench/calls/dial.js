// The same calls as vacli places them: judged, claimed on disk, sent, saved. Prints what the calls took, without the start of the process.
import { runCalls } from '../../dist/app/run-calls.js'
import { readConfig } from '../../dist/config.js'
import { createContext } from '../../dist/context.js'
import { openDialling } from '../../dist/dialling.js'

const [database, calls, concurrency] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const io = { err: text => process.stderr.write(text), out: text => process.stdout.write(text) }
const context = createContext({ io, config: readConfig({ db: database }), flags: {}, signal: new AbortController().signal })
const store = await context.openStore()
const { ports, terms, follow } = await openDialling(context, store)
const customers = await store.listCustomers({}, context.now(), { limit: calls })

const [cpu, wall] = [process.cpuUsage(), performance.now()]
const { result } = await runCalls(ports, terms, {
  name: null, reason: null, filter: {}, customerIds: customers.map(({ id }) => id), limits: { perMinute: Number.POSITIVE_INFINITY, concurrency }, follow, waits: false, endsWithProcess: false,
})
const { user, system } = process.cpuUsage(cpu)
io.out(`LOOP ${JSON.stringify({ cpu: (user + system) / 1e6, wall: (performance.now() - wall) / 1000, placed: result.placed })}\n`)
await context.close()
