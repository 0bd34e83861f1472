import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { catchUp } from './app/catch-up.ts'
import type { CallTerms } from './app/call-ports.ts'
import type { FollowTerms } from './app/follow-calls.ts'
import { readOutcome, saveSpooledOutcomes } from './app/replay-outcomes.ts'
import type { RunCallsPorts } from './app/run-calls.ts'
import { readConfig } from './config.ts'
import type { Context } from './context.ts'
import { openSpool, spoolFolder } from './db/spool.ts'
import type { Store } from './db/store.ts'
import { type ExchangeOptions, openExchange } from './exchange.ts'

// Until Exotel has billed a call, and five minutes to spare (calls.md, "Reconcile").
const BILLING_AND_SPARE_MS = 7 * 60_000

/** Everything that a run of calls needs of the world, put together from the settings. */
export interface Dialling {
  ports: RunCallsPorts
  terms: Omit<CallTerms, 'runId'>
  follow: FollowTerms
  /** Calls end with this process. */
  isInProcess: boolean
  /** What earlier processes left behind is brought in before anybody is called. */
  catchUp(): Promise<void>
}

export async function openDialling(context: Context, store: Store, options: ExchangeOptions = {}): Promise<Dialling> {
  const { config, now, wait } = context
  const { exotel } = config
  const exchange = await openExchange(context, store, options)
  const spool = openSpool(spoolFolder(config.paths.state, config.database))
  // The built-in simulator's calls last about a second; Exotel's as long as a phone may ring.
  const follow = exchange.isInProcess ? { everyMs: 50, pollAfterMs: 2500 } : { everyMs: 1000, pollAfterMs: (exotel.timeOutS + 30) * 1000 }
  const longestCallMs = (2 * exotel.timeOutS + exotel.timeLimitS) * 1000
  return {
    follow,
    isInProcess: exchange.isInProcess,
    ports: {
      store, now, wait,
      telephony: exchange.telephony,
      callbackUrl: exchange.callbackUrl,
      settled: exchange.settled,
      spool: records => spool.append('outcome', records),
      newReference: () => randomUUID().replaceAll('-', ''),
      readRules: () => readRules(context),
    },
    terms: {
      rules: config.rules,
      operator: config.operator,
      owner: `${hostname()}:${process.pid}`,
      callerId: exotel.callerId,
      settleMs: exotel.httpTimeoutMs + longestCallMs + BILLING_AND_SPARE_MS,
      longestCallMs,
    },
    async catchUp() {
      const { aside } = await spool.replay('outcome', { read: readOutcome, save: records => saveSpooledOutcomes(store, records as never) })
      aside.forEach(file => context.io.err(`answers of Exotel that no call here is waiting for are kept in ${file}\n`))
      await catchUp({ store, now, telephony: exchange.telephony }, follow.pollAfterMs)
    },
  }
}

/** The rules as the settings have them now: somebody may have changed them while a run goes on. */
function readRules({ flags, config }: Context) {
  const fresh = readConfig({ ...flags, config: config.paths.configFile })
  if (fresh.problems[0])
    throw fresh.problems[0]
  return fresh.rules
}
