import { onTestFinished } from 'vitest'
import { startInboxWorker } from '../../src/app/inbox-worker.ts'
import { createEventKeeper } from '../../src/app/keep-events.ts'
import type { InboxPorts } from '../../src/app/record-webhook.ts'
import { statusPath } from '../../src/server/signature.ts'
import { startWebhookListener } from '../../src/server/webhook-listener.ts'
import { parseCallback } from '../../src/telephony/callback.ts'
import { SECRET, type Stage } from './call-stage.ts'

/** The listener and the worker that understands what it kept, on the database of the stage. */
export async function openWebhooks({ store, spool, clock }: Pick<Stage, 'store' | 'spool' | 'clock'>) {
  const events: Parameters<NonNullable<InboxPorts['onEvent']>>[0][] = []
  const alarms: unknown[] = []
  const problems: unknown[] = []
  const onProblem = (error: unknown) => void problems.push(error)
  const now = () => clock.now
  const worker = startInboxWorker({ store, spool, now, parse: parseCallback, onEvent: event => void events.push(event), onSecondSid: alarm => void alarms.push(alarm) }, onProblem)
  const keeper = createEventKeeper({ store, spool, now, onSpooled: worker.wakeForSpool })
  const listener = await startWebhookListener({ host: '127.0.0.1', port: 0, secret: SECRET, keep: keeper.keep, kept: worker.wake, onProblem })
  onTestFinished(async () => {
    await listener.close()
    worker.stop()
    await worker.idle()
  })
  return { callbackUrl: (reference: string) => listener.url + statusPath(reference, SECRET), idle: worker.idle, events, alarms, problems }
}
