import type { Context } from '../context.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { keepReconciled } from '../app/keep-reconciled.ts'
import type { Store } from '../db/store.ts'
import { replayAnswers } from '../dialling.ts'
import { openExchange, openListener } from '../exchange.ts'
import { reconcileTerms } from '../reconcile-terms.ts'
import { istSeconds } from '../ui/format.ts'
import { plainText } from '../ui/plain-text.ts'
import { answerAddress, readAddress, type ServeFlags, untilStopped } from './serve.ts'
import { sweptText } from './views/reconcile-view.ts'

/** Listens for Exotel's callbacks until it is stopped. */
export async function runWebhookServe(context: Context, flags: ServeFlags): Promise<number> {
  const { io, now } = context
  const store = await context.openStore()
  let lastEventAt = now()
  const { listener } = await openListener(context, store, {
    ...readAddress(flags, { port: 8787, host: '127.0.0.1' }),
    onEvent({ callId, status, moved }) {
      lastEventAt = now()
      if (!context.flags.quiet)
        io.err(`${istSeconds(now())}  call ${callId}  ${plainText(status)}${moved ? '' : ' (recorded, no change)'}\n`)
    },
  })
  answerAddress(context, 'listening on', listener.url)
  if (context.config.webhook.publicUrl === null)
    io.err(`calls name no callback address yet: set webhook.public_url to where this port is reached, or VACLI_WEBHOOK_PUBLIC_URL=${listener.url} in the sandbox\n`)
  // The built-in simulator runs in the process that calls: from here there is nobody to ask.
  if (context.config.exotel.baseUrl !== null)
    await askUntilStopped(context, store, () => lastEventAt)
  else
    await untilStopped(context)
  return 0
}

/** Callbacks may be late or never come, and others may call from the account: Exotel is asked every minute. */
async function askUntilStopped(context: Context, store: Store, lastEventAt: () => Date): Promise<void> {
  const { config, now, signal, io, flags } = context
  const { telephony } = await openExchange(context, store)
  await keepReconciled({
    store, telephony, now, signal,
    wait: ms => sleep(ms, undefined, { signal }).catch(() => undefined), // a stop ends the wait
    lastEventAt: config.webhook.publicUrl === null ? now : lastEventAt,
    replayAnswers: () => replayAnswers(context, store),
    onSwept(report) {
      if (report.orphans.length > 0 || report.secondSids.length > 0 || flags.verbose)
        io.err(sweptText(report))
    },
    onProblem: message => io.err(`${plainText(message)}\n`),
  }, reconcileTerms(config, false))
}
