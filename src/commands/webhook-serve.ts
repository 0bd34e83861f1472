import type { Context } from '../context.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { catchUp } from '../app/catch-up.ts'
import type { Store } from '../db/store.ts'
import { openExchange, openListener } from '../exchange.ts'
import { istSeconds } from '../ui/format.ts'
import { plainText } from '../ui/plain-text.ts'
import { answerAddress, readAddress, type ServeFlags, untilStopped } from './serve.ts'

const POLL_MS = 60_000

/** Listens for Exotel's callbacks until it is stopped. */
export async function runWebhookServe(context: Context, flags: ServeFlags): Promise<number> {
  const { io, now } = context
  const store = await context.openStore()
  const { listener } = await openListener(context, store, {
    ...readAddress(flags, { port: 8787, host: '127.0.0.1' }),
    onEvent({ callId, status, moved }) {
      if (!context.flags.quiet)
        io.err(`${istSeconds(now())}  call ${callId}  ${plainText(status)}${moved ? '' : ' (recorded, no change)'}\n`)
    },
  })
  answerAddress(context, 'listening on', listener.url)
  if (context.config.webhook.publicUrl === null)
    io.err(`calls name no callback address yet: set webhook.public_url to where this port is reached, or VACLI_WEBHOOK_PUBLIC_URL=${listener.url} in the sandbox\n`)
  if (context.config.exotel.baseUrl !== null)
    await Promise.all([untilStopped(context), pollUntilStopped(context, store)])
  else
    await untilStopped(context)
  return 0
}

/** Callbacks may be late or never come; Exotel is asked for what was silent for long. */
async function pollUntilStopped(context: Context, store: Store): Promise<void> {
  const { config, now, signal, io } = context
  const { telephony } = await openExchange(context, store)
  while (!signal.aborted) {
    await catchUp({ store, now, telephony }, (config.exotel.timeOutS + 30) * 1000).catch((error: unknown) => io.err(`asking Exotel failed: ${plainText(error instanceof Error ? error.message : String(error))}\n`))
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined) // a stop ends the wait
  }
}
