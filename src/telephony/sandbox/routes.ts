import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono, type Context } from 'hono'
import { listCalls, type CallPage } from './call-list.ts'
import { callDetails, callResource } from './call-resource.ts'
import { decideConnect, refuseCaller, type Switchboard } from './connect.ts'
import { parseConnectForm } from './connect-request.ts'
import type { Delays } from './delays.ts'
import { toIstTimestamp } from '../../domain/ist.ts'
import { callAt, justPlaced } from './lifecycle.ts'
import { numberResource } from './number-resource.ts'
import { badParameters, notFound } from './refusals.ts'
import { answer, refuse, wantsJson, type Resource } from './resource.ts'
import type { CallbackSender } from './send-callbacks.ts'

type SandboxContext = Context<{ Bindings: HttpBindings }>
interface Exchange { switchboard: Switchboard, sender: CallbackSender, delays: Delays }

/** The part of the v1 API that this project uses, and `GET /ledger`. Paths are case-sensitive, with `.json` or without (exotel.md 1). */
export function createRoutes(exchange: Exchange): Hono<{ Bindings: HttpBindings }> {
  const { switchboard } = exchange
  const { account, book, clock } = switchboard
  const app = new Hono<{ Bindings: HttpBindings }>({ getPath: request => new URL(request.url).pathname.replace(/\.json$/, '') })

  app.post('/v1/Accounts/:account/Calls/connect', c => connect(c, exchange))

  app.get('/v1/Accounts/:account/*', async (c, next) => {
    const refusal = refuseCaller(account, { accountSid: c.req.param('account'), authorization: c.req.header('authorization') })
    if (refusal)
      return refuse(c, refusal)
    book.catchUp()
    await next()
  })
  app.get('/v1/Accounts/:account/Calls', c => bulkList(c, switchboard))
  app.get('/v1/Accounts/:account/Calls/:sid', c => details(c, switchboard, c.req.param('sid')))
  app.get('/v1/Accounts/:account/Numbers/:number', (c) => {
    const number = numberResource(c.req.param('number'))
    return number ? answer(c, { Numbers: number }) : refuse(c, badParameters)
  })
  app.get('/v1/Accounts/:account/Balance', c => answer(c, balance(account.sid, clock())))

  app.get('/ledger', c => c.json(book.summary(clock())))
  app.notFound(c => refuse(c, notFound))
  app.onError((error, c) => refuse(c, { status: 500, message: error.message }))
  return app
}

async function connect(c: SandboxContext, { switchboard, sender, delays }: Exchange): Promise<Response> {
  const form = await parseConnectForm(await c.req.arrayBuffer(), c.req.header('content-type') ?? '')
  const caller = { accountSid: c.req.param('account') ?? '', authorization: c.req.header('authorization') }
  const decision = decideConnect(switchboard, caller, form)
  if ('call' in decision)
    sender.follow(decision.call, decision.request)

  await delays.wait(switchboard.timings.answerLatencyMs)
  if ('refusal' in decision)
    return refuse(c, decision.refusal)

  const { call } = decision
  if (call.answer === 'lost') {
    c.env.incoming.socket.destroy()
    return RESPONSE_ALREADY_SENT
  }
  return answer(c, { Call: callResource(call, justPlaced(call), viewOf(c, switchboard)) })
}

function details(c: SandboxContext, switchboard: Switchboard, sid: string): Response {
  const call = switchboard.book.calls.find(sid)
  if (!call)
    return refuse(c, notFound)
  if (!isValidityAllowed(c))
    return refuse(c, badParameters)

  const state = callAt(call, switchboard.clock())
  const resource = callResource(call, state, viewOf(c, switchboard))
  return answer(c, { Call: c.req.query('details') === 'true' ? { ...resource, Details: callDetails(call, state) } : resource })
}

function bulkList(c: SandboxContext, switchboard: Switchboard): Response {
  const { pathname, searchParams } = new URL(c.req.url)
  const page = listCalls(switchboard.book, searchParams, switchboard.clock())
  if (!page || !isValidityAllowed(c))
    return refuse(c, badParameters)

  const calls = page.listed.map(({ call, state }) => callResource(call, state, viewOf(c, switchboard)))
  return answer(c, { Metadata: metadataOf(page, pathname), Calls: wantsJson(c) ? calls : calls.map(Call => ({ Call })) })
}

function metadataOf({ total, pageSize, first, previous, next }: CallPage, pathname: string): Resource {
  const uri = (query: URLSearchParams | null) => query && (query.size > 0 ? `${pathname}?${query}` : pathname)
  return { Total: total, PageSize: pageSize, FirstPageUri: uri(first), PrevPageUri: uri(previous), NextPageUri: uri(next) }
}

function viewOf(c: SandboxContext, { account }: Switchboard) {
  return { accountSid: account.sid, isJson: wantsJson(c) }
}

function isValidityAllowed(c: SandboxContext): boolean {
  const minutes = c.req.query('RecordingUrlValidity')
  return minutes === undefined || (/^\d{1,2}$/.test(minutes) && Number(minutes) >= 5 && Number(minutes) <= 60)
}

// Invented: a sandbox never runs out of money, the number 0007 plays that part.
function balance(accountSid: string, now: Date): Resource {
  return { Account: { AccountSid: accountSid, BalanceData: { Balance: '1000.00', Currency: 'INR', PricingPlan: 'Sandbox', DateUpdated: toIstTimestamp(now) } } }
}
