import type { Context } from '../context.ts'
import { openListener } from '../exchange.ts'
import { istSeconds } from '../ui/format.ts'
import { plainText } from '../ui/plain-text.ts'
import { answerAddress, readAddress, type ServeFlags, untilStopped } from './serve.ts'

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
  await untilStopped(context)
  return 0
}
