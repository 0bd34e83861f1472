import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { answerConnect } from './answer-connect.ts'
import { listCalls, type CallPage } from './call-list.ts'
import { callDetails, callResource } from './call-resource.ts'
import type { CallView } from './call-view.ts'
import { decideConnect, refuseCaller, type Switchboard } from './connect.ts'
import { parseConnectForm } from './connect-request.ts'
import type { Delays } from './delays.ts'
import { toIstTimestamp } from '../../domain/ist.ts'
import { placeForeignCall, type ForeignCallRequest } from './foreign-call.ts'
import { callAt } from './lifecycle.ts'
import { numberResource } from './number-resource.ts'
import { badParameters, noRoute, notFound } from './refusals.ts'
import { answer, refuse, wantsJson, type Resource, type SandboxContext } from './resource.ts'
import type { CallbackSender } from './send-callbacks.ts'

export interface ReadRequest { at: string, path: string, http_status: number }

export interface Desk {
  switchboard: Switchboard
  sender: CallbackSender
  delays: Delays
  view: Omit<CallView, 'isJson'>
  /** Every GET of the API so far. */
  reads: ReadRequest[]
}

/** The part of the v1 API that this project uses, and `GET /ledger`. Paths are case-sensitive, with `.json` or without (exotel.md 1). */
export function createRoutes(desk: Desk): Hono<{ Bindings: HttpBindings }> {
  const { book, clock } = desk.switchboard
  const app = new Hono<{ Bindings: HttpBindings }>({ getPath: request => new URL(request.url).pathname.replace(/\.json$/, '') })

  app.post('/v1/Accounts/:account/Calls/connect', c => connect(c, desk))
  addReads(app, desk)

  app.get('/ledger', c => c.json(book.summary(clock())))
  app.post('/sandbox/foreign-call', async c => c.json({ sid: placeForeignCall(desk.switchboard, await c.req.json<ForeignCallRequest>()) }))
  app.notFound(c => refuse(c, notFound))
  app.onError((error, c) => refuse(c, { status: ['ZodError', 'SyntaxError'].includes(error.name) ? 400 : 500, message: error.message }))
  return app
}

function addReads(app: Hono<{ Bindings: HttpBindings }>, desk: Desk) {
  const { switchboard, reads } = desk
  const { account, book, clock, whims } = switchboard
  app.get('/v1/Accounts/:account/*', async (c, next) => {
    const read: ReadRequest = { at: clock().toISOString(), path: c.req.url.slice(new URL(c.req.url).origin.length), http_status: 0 }
    reads.push(read)
    const refusal = refuseCaller(account, { accountSid: c.req.param('account'), authorization: c.req.header('authorization') })
      ?? (whims.chance.happens(whims.misbehave.reads?.errors, 'read', reads.length) ? noRoute : undefined)
    book.catchUp()
    if (refusal)
      c.res = refuse(c, refusal)
    else
      await next()
    read.http_status = c.res.status
  })
  app.get('/v1/Accounts/:account/Calls', c => bulkList(c, desk))
  app.get('/v1/Accounts/:account/Calls/:sid', c => details(c, desk, c.req.param('sid')))
  app.get('/v1/Accounts/:account/Numbers/:number', (c) => {
    const number = numberResource(c.req.param('number'))
    return number ? answer(c, { Numbers: number }) : refuse(c, badParameters)
  })
  app.get('/v1/Accounts/:account/Balance', c => answer(c, balance(account.sid, clock())))
}

async function connect(c: SandboxContext, desk: Desk): Promise<Response> {
  const { switchboard, sender, delays } = desk
  const form = await parseConnectForm(await c.req.arrayBuffer(), c.req.header('content-type') ?? '')
  const caller = { accountSid: c.req.param('account') ?? '', authorization: c.req.header('authorization') }
  const decision = decideConnect(switchboard, caller, form)
  if ('refusal' in decision) {
    await delays.wait(switchboard.timings.answerLatencyMs)
    return answerConnect(c, switchboard, decision, viewOf(c, desk))
  }

  const { call, request, behaviour, isPlaced, nthToPhone } = decision
  const { callbacks: misbehave = {}, latencyMs = switchboard.timings.answerLatencyMs, until } = behaviour
  const firstCallback = isPlaced ? sender.follow({ call, request, misbehave, nthToPhone }) : undefined
  await delays.wait(latencyMs)
  await until
  if (switchboard.whims.chance.happens(misbehave.beforeAnswer, 'beforeAnswer', call.from, nthToPhone))
    await firstCallback
  return answerConnect(c, switchboard, decision, viewOf(c, desk))
}

function details(c: SandboxContext, desk: Desk, sid: string): Response {
  const call = desk.switchboard.book.calls.find(sid)
  if (!call)
    return refuse(c, notFound)
  if (!isValidityAllowed(c))
    return refuse(c, badParameters)

  const state = callAt(call, desk.switchboard.clock())
  const resource = callResource(call, state, viewOf(c, desk))
  return answer(c, { Call: c.req.query('details') === 'true' ? { ...resource, Details: callDetails(call, state) } : resource })
}

function bulkList(c: SandboxContext, desk: Desk): Response {
  const { book, clock, whims } = desk.switchboard
  const { pathname, searchParams } = new URL(c.req.url)
  const page = listCalls(book, searchParams, { now: clock(), zoneShiftMs: desk.view.zoneShiftMs, misbehave: whims.misbehave.reads ?? {} })
  if (!page || !isValidityAllowed(c))
    return refuse(c, badParameters)

  const calls = page.listed.map(({ call, state }) => callResource(call, state, viewOf(c, desk)))
  return answer(c, { Metadata: metadataOf(page, pathname), Calls: wantsJson(c) ? calls : calls.map(Call => ({ Call })) })
}

function metadataOf({ total, pageSize, first, previous, next }: CallPage, pathname: string): Resource {
  const uri = (query: URLSearchParams | null) => query && (query.size > 0 ? `${pathname}?${query}` : pathname)
  return { Total: total, PageSize: pageSize, FirstPageUri: uri(first), PrevPageUri: uri(previous), NextPageUri: uri(next) }
}

function viewOf(c: SandboxContext, { view }: Desk): CallView {
  return { ...view, isJson: wantsJson(c) }
}

function isValidityAllowed(c: SandboxContext): boolean {
  const minutes = c.req.query('RecordingUrlValidity')
  return minutes === undefined || (/^\d{1,2}$/.test(minutes) && Number(minutes) >= 5 && Number(minutes) <= 60)
}

// Invented: a sandbox never runs out of money, the number 0007 plays that part.
function balance(accountSid: string, now: Date): Resource {
  return { Account: { AccountSid: accountSid, BalanceData: { Balance: '1000.00', Currency: 'INR', PricingPlan: 'Sandbox', DateUpdated: toIstTimestamp(now) } } }
}
