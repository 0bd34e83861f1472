import { join } from 'node:path'
import type { Config } from './config.ts'
import type { Context } from './context.ts'
import type { Store } from './db/store.ts'
import { makePrivateFolder } from './private-folder.ts'
import type { InboxPorts } from './app/record-webhook.ts'
import type { Listener } from './server/webhook-listener.ts'
import type { SandboxTimings } from './telephony/sandbox/lifecycle.ts'
import type { Telephony } from './telephony/port.ts'

/** The way to the telephone network: Exotel, or a simulator of it. */
export interface Exchange {
  telephony: Telephony
  callbackUrl: (reference: string) => string | null
  /** The simulator runs in this process and ends with it, so that calls must be followed to their end. */
  isInProcess: boolean
  /** Resolves once every callback that arrived here is written. */
  settled(): Promise<void>
}

export interface ExchangeOptions {
  timings?: SandboxTimings
  onEvent?: InboxPorts['onEvent']
}

/** Opens what the settings name: with no address set, sandbox mode brings its own simulator and listener. */
export async function openExchange(context: Context, store: Store, options: ExchangeOptions = {}): Promise<Exchange> {
  const { config, now } = context
  const { openExotel } = await import('./telephony/exotel.ts')
  if (config.exotel.baseUrl !== null) {
    const { publicUrl } = config.webhook
    const callbackUrl = publicUrl === null ? () => null : await addressesUnder(publicUrl.replace(/\/+$/, ''), context)
    return { telephony: openExotel({ ...config.exotel, baseUrl: config.exotel.baseUrl, now, verifiesClock: config.mode === 'live' }), callbackUrl, isInProcess: false, settled: async () => {} }
  }

  const { startSandbox } = await import('./telephony/sandbox/start-sandbox.ts')
  const { FAST_TIMINGS } = await import('./telephony/sandbox/lifecycle.ts')
  const sandbox = await startSandbox({
    account: config.exotel,
    clock: now,
    timings: options.timings ?? FAST_TIMINGS,
    // No other program shares this account, so its rate is whatever the run was told to keep.
    ratePerMinute: Number.POSITIVE_INFINITY,
    ledgerFile: ledgerFileOf(config),
  })
  const { listener, settled } = await openListener(context, store, { host: '127.0.0.1', port: 0, onEvent: options.onEvent })
  context.onClose(() => sandbox.close())
  return {
    telephony: openExotel({ ...config.exotel, baseUrl: sandbox.url, now }),
    callbackUrl: await addressesUnder(listener.url, context),
    isInProcess: true,
    settled,
  }
}

/** Where the built-in simulator writes what it did: beside the database, or in the data folder where that is a server's. */
function ledgerFileOf({ database, paths }: Config): string {
  if (!/^postgres(?:ql)?:/.test(database))
    return `${database}.ledger.ndjson`
  makePrivateFolder(paths.data)
  return join(paths.data, 'sandbox.ledger.ndjson')
}

interface ListenerTerms {
  host: string
  port: number
  onEvent?: InboxPorts['onEvent']
}

/** Starts the listener on this store: keep first, answer, then understand. */
export async function openListener(context: Context, store: Store, { host, port, onEvent }: ListenerTerms): Promise<{ listener: Listener, settled(): Promise<void> }> {
  const { startWebhookListener } = await import('./server/webhook-listener.ts')
  const { createEventKeeper } = await import('./app/keep-events.ts')
  const { startInboxWorker } = await import('./app/inbox-worker.ts')
  const { limitReport } = await import('./app/limited-report.ts')
  const { openSpool, spoolFolder } = await import('./db/spool.ts')
  const { parseCallback } = await import('./telephony/callback.ts')
  const { getWebhookSecret } = await import('./webhook-secret.ts')
  const { config, now, io } = context
  const [report, reportStranger] = [0, 0].map(() => limitReport(line => io.err(`webhook: ${line}\n`)))
  const onProblem = (error: unknown) => report!(error instanceof Error ? error.message : String(error))

  const spool = openSpool(spoolFolder(config.paths.state, config.database))
  const onSecondSid: InboxPorts['onSecondSid'] = ({ callId, known, told }) =>
    report!(`call ${callId} was dialled twice, as ${known} and as ${told}; all dialling is paused until: vacli runs resume`)
  const worker = startInboxWorker({ store, spool, now, onSecondSid, parse: parseCallback, ...(onEvent ? { onEvent } : {}) }, onProblem)
  // Before the port is tried: one that is taken must not leave the worker behind.
  context.onClose(async () => {
    worker.stop()
    await worker.idle()
  })
  worker.wake() // what an earlier process kept and did not come to understand
  const keeper = createEventKeeper({ store, spool, now, onSpooled: () => worker.wakeForSpool() })
  const listener = await startWebhookListener({
    host, port, onProblem,
    secret: getWebhookSecret(config),
    keep: callback => keeper.keep(callback),
    kept: () => worker.wake(),
    onStranger: () => reportStranger!('a request to an address that is not ours was refused'),
  })
  context.onClose(() => listener.close())
  return { listener, settled: () => worker.idle() }
}

async function addressesUnder(publicUrl: string, { config }: Context): Promise<(reference: string) => string> {
  const { statusPath } = await import('./server/signature.ts')
  const { getWebhookSecret } = await import('./webhook-secret.ts')
  const secret = getWebhookSecret(config)
  return reference => publicUrl + statusPath(reference, secret)
}
