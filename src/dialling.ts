import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { CallTerms, OutcomeRecord } from './app/call-ports.ts'
import { type FollowTerms, pollOpenCalls } from './app/follow-calls.ts'
import { startDispatchNotes, verifyAllCallsKnown } from './app/gap-guard.ts'
import { readOutcome, saveSpooledOutcomes } from './app/replay-outcomes.ts'
import type { RunCallsPorts } from './app/run-calls.ts'
import type { SweepReport } from './app/sweep.ts'
import { readConfig } from './config.ts'
import type { Context } from './context.ts'
import { hostId, openDispatchRecords } from './db/dispatch-record.ts'
import { openSpool, spoolFolder } from './db/spool.ts'
import type { Store } from './db/store.ts'
import { type ExchangeOptions, openExchange } from './exchange.ts'
import { reconcileTerms } from './reconcile-terms.ts'

/** Everything that a run of calls needs of the world, put together from the settings. */
export interface Dialling {
  ports: RunCallsPorts
  terms: Omit<CallTerms, 'runId'>
  follow: FollowTerms
  /** Calls end with this process. */
  isInProcess: boolean
  /**
   * Brings in what earlier processes left behind and what others placed on the account, before anybody is called: answers in the spool, open calls,
   * the sweep. Returns what was swept, if anything. Throws `unavailable` where what must be known cannot be known now.
   */
  catchUp(): Promise<SweepReport | undefined>
}

export async function openDialling(context: Context, store: Store, options: ExchangeOptions = {}): Promise<Dialling> {
  const { config, now, wait } = context
  const { exotel } = config
  const exchange = await openExchange(context, store, options)
  const spool = openSpool(spoolFolder(config.paths.state, config.database))
  // The built-in simulator's calls last about a second; Exotel's as long as a phone may ring.
  const asking = reconcileTerms(config, exchange.isInProcess)
  const follow = { ...asking, everyMs: exchange.isInProcess ? 50 : 1000 }
  const reads = { store, now, wait, telephony: exchange.telephony, signal: context.signal }
  const guard = { ...reads, records: openDispatchRecords(config.database, config.paths.state), host: hostId() }
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
      noteDispatch: () => startDispatchNotes(guard),
    },
    terms: {
      rules: config.rules,
      operator: config.operator,
      owner: `${hostname()}:${process.pid}`,
      callerId: exotel.callerId,
      settleMs: asking.settleMs,
      longestCallMs: (2 * exotel.timeOutS + exotel.timeLimitS) * 1000,
    },
    async catchUp() {
      await replayAnswers(context, store)
      await pollOpenCalls(reads, asking)
      return verifyAllCallsKnown(guard, { ...asking, isAlone: exchange.isInProcess })
    },
  }
}

/** Takes in answers of Exotel that the database could not take when they came; they come before every question about their calls. */
export async function replayAnswers({ config, io, now }: Context, store: Store): Promise<void> {
  const spool = openSpool(spoolFolder(config.paths.state, config.database))
  const { aside } = await spool.replay('outcome', { read: readOutcome, save: records => saveSpooledOutcomes(store, records as OutcomeRecord[], now()) })
  aside.forEach(file => io.err(`answers of Exotel that no call here is waiting for are kept in ${file}\n`))
}

/** The rules as the settings have them now: somebody may have changed them while a run goes on. */
function readRules({ flags, config }: Context) {
  const fresh = readConfig({ ...flags, config: config.paths.configFile })
  if (fresh.problems[0])
    throw fresh.problems[0]
  return fresh.rules
}
