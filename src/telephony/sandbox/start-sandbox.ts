import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { VacliError } from '../../errors.ts'
import { createView } from './call-view.ts'
import { createChance } from './chance.ts'
import type { SandboxAccount } from './connect.ts'
import { createDelays } from './delays.ts'
import { placeForeignCall, type ForeignCallRequest } from './foreign-call.ts'
import { openLedgerBook } from './ledger-book.ts'
import type { Ledger, LedgerEvent } from './ledger.ts'
import type { SandboxTimings } from './lifecycle.ts'
import type { Misbehaviour, Script } from './misbehaviour.ts'
import { verifyMisbehaviour } from './read-misbehaviour.ts'
import { createRoutes, type ReadRequest } from './routes.ts'
import { createCallbackSender } from './send-callbacks.ts'

// Short enough to be typed.
const MAX_SEED = 1_000_000_000

export interface SandboxOptions {
  account: SandboxAccount
  /** When given, a call from any other CallerId is refused. */
  callerIds?: string[]
  /** May be shifted against the host's: timestamps come from it, delays from real timers. */
  clock: () => Date
  timings: SandboxTimings
  host?: string
  /** 0, the default, is any free port. */
  port?: number
  /** Flow calls have no such event in truth. */
  ringingEvent?: boolean
  /** Flow calls send four fields at the end and nothing else, whatever events were asked for (exotel.md U1). */
  fourFieldCallbacks?: boolean
  ratePerMinute?: number
  retryAfterS?: number
  /** NDJSON; calls that an earlier process wrote there are known again. */
  ledgerFile?: string
  misbehave?: Misbehaviour
  /** Says exactly what happens to a POST; before the seed is asked. */
  script?: Script
  onEvent?: (event: LedgerEvent) => void
}

export interface Sandbox {
  /** Takes the place of `https://api.in.exotel.com`. */
  url: string
  /** Decides every draw; the same one misbehaves the same way. */
  seed: number
  ledger(): Ledger
  /** Every GET of the API so far; not in the ledger. */
  reads(): ReadRequest[]
  /** Puts a call of somebody else on the account, and gives its sid. */
  placeForeignCall(request: ForeignCallRequest): string
  close(): Promise<void>
}

/** Starts a simulator of Exotel's voice API on real HTTP. What becomes of a call follows from the number dialled: see FATES. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { account, callerIds, clock, timings, host = '127.0.0.1', port = 0 } = options
  const { ringingEvent = false, fourFieldCallbacks = false, ratePerMinute = 200, retryAfterS = 1 } = options

  const misbehave = verifyMisbehaviour(options.misbehave ?? {})
  const seed = misbehave.seed ?? randomInt(MAX_SEED)
  const chance = createChance(seed)
  const book = openLedgerBook({ path: options.ledgerFile, onEvent: options.onEvent })
  if (options.misbehave)
    book.record({ event: 'start', at: clock().toISOString(), seed, misbehave: { ...misbehave, seed } })

  const delays = createDelays()
  const view = createView(account.sid, misbehave.shown ?? {}, chance)
  const sender = createCallbackSender({ clock, book, view, chance, retryMs: timings.callbackRetryMs, ringingEvent, fourFieldCallbacks })
  const whims = { misbehave, chance, script: options.script }
  const switchboard = { account, callerIds, clock, timings, ratePerMinute, retryAfterS, book, whims, nextNth: createCounter() }
  const reads: ReadRequest[] = []
  const routes = createRoutes({ switchboard, sender, delays, view, reads })
  const server = createServer(getRequestListener(routes.fetch, { overrideGlobalObjects: false }))

  try {
    server.listen(port, host)
    await once(server, 'listening')
  }
  catch (cause) {
    book.close()
    throw new VacliError('setup', `the sandbox cannot listen on ${host}:${port}`, { hint: 'Choose another port; 0 takes any free one.', cause })
  }

  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    seed,
    ledger: () => book.summary(clock()),
    reads: () => [...reads],
    placeForeignCall: request => placeForeignCall(switchboard, request),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      delays.stop()
      await Promise.all([closed, sender.stop()])
      book.close()
    },
  }
}

function createCounter(): () => number {
  let count = 0
  return () => (count += 1)
}
