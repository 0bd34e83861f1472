import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { ContentfulStatusCode, StatusCode } from 'hono/utils/http-status'
import { callResource } from './call-resource.ts'
import type { CallView } from './call-view.ts'
import type { ConnectDecision, DecidedCall, Switchboard } from './connect.ts'
import { ANSWER_FAULTS, type AnswerFaultName } from './faults.ts'
import { justPlaced } from './lifecycle.ts'
import { badCredentials, badParameters, internalError, kycIncomplete, ndncNumber, noRoute, notFound, paymentRequired, rateLimited, requestTimeout } from './refusals.ts'
import { answer, refuse, toXml, type Resource, type SandboxContext } from './resource.ts'
import { retryAfterOf } from './retry-after.ts'

const CHUNK = Buffer.alloc(64 * 1024, 'x')
const HUGE_CHUNKS = 320

interface Answer { c: SandboxContext, resource: Resource, decision: DecidedCall, switchboard: Switchboard }

/** Writes the answer of connect as it should be, or as badly as was decided. */
export function answerConnect(c: SandboxContext, switchboard: Switchboard, decision: ConnectDecision, view: CallView): Response {
  if ('refusal' in decision)
    return refuse(c, decision.refusal)
  const { call, behaviour } = decision
  const fault = behaviour.answer ?? (call.answer === 'lost' ? 'lost' : undefined)
  const resource = { Call: callResource(call, justPlaced(call), view) }
  return fault ? WRITERS[fault]({ c, resource, decision, switchboard }) : answer(c, resource)
}

const WRITERS: Record<AnswerFaultName, (answer: Answer) => Response> = {
  xml: ({ c, resource }) => c.body(toXml(resource), 200, { 'content-type': 'application/xml' }),
  html: ({ c }) => c.html(page('Sign in')),
  'wrong-json': ({ c }) => c.json({ status: 'ok', data: [{ id: 1 }] }),
  'no-sid': ({ c, resource }) => c.json({ Call: { ...(resource.Call as Resource), Sid: null } }),
  truncated: ({ c, resource }) => c.body(firstHalf(resource), 200, { 'content-type': 'application/json' }),
  cut,
  huge,
  lost({ c }) {
    c.env.incoming.socket.destroy()
    return RESPONSE_ALREADY_SENT
  },
  reset({ c }) {
    c.env.incoming.socket.resetAndDestroy()
    return RESPONSE_ALREADY_SENT
  },
  byte({ c }) {
    c.env.incoming.socket.end('H')
    return RESPONSE_ALREADY_SENT
  },
  'http-408': ({ c }) => refuse(c, requestTimeout),
  'http-500': ({ c }) => refuse(c, internalError),
  'http-502': ({ c }) => c.html(page('502 Bad Gateway'), 502),
  'http-503': ({ c }) => refuse(c, noRoute),
  'http-504': ({ c }) => c.html(page('504 Gateway Time-out'), 504),
  'http-400': ({ c }) => refuse(c, badParameters),
  'http-401': ({ c }) => refuse(c, badCredentials),
  'http-402': ({ c }) => refuse(c, paymentRequired),
  kyc: ({ c }) => refuse(c, kycIncomplete),
  ndnc: ({ c, decision }) => refuse(c, ndncNumber(decision.call.from)),
  'http-404': ({ c }) => refuse(c, notFound),
  'http-429': ({ c, decision, switchboard }) => refuse(c, rateLimited(retryAfterOf(switchboard, switchboard.clock(), decision.behaviour.retryAfter))),
  'http-301': redirect,
  'http-302': redirect,
  'http-307': redirect,
  'http-308': redirect,
}

function page(title: string): string {
  return `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`
}

function firstHalf(resource: Resource): string {
  const whole = JSON.stringify(resource)
  return whole.slice(0, whole.length / 2)
}

/** The head promises the whole body; half of it comes, then the end. */
function cut({ c, resource }: Answer): Response {
  const { incoming, outgoing } = c.env
  outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(JSON.stringify(resource)) })
  outgoing.write(firstHalf(resource), () => incoming.socket.end())
  return RESPONSE_ALREADY_SENT
}

// Sound JSON with a Sid: whoever reads it to its end has read too much.
function huge({ c, resource }: Answer): Response {
  const [start, end] = JSON.stringify({ ...resource, Padding: '|' }).split('|')
  const whole = [Buffer.from(start!), ...Array.from({ length: HUGE_CHUNKS }, () => CHUNK), Buffer.from(end!)]
  return c.body(ReadableStream.from(whole) as ReadableStream<Uint8Array<ArrayBuffer>>, 200, { 'content-type': 'application/json' })
}

/** Back to the same path: whoever follows it dials again. */
function redirect({ c, decision }: Answer): Response {
  return c.body(null, ANSWER_FAULTS[decision.behaviour.answer!].status as StatusCode as ContentfulStatusCode, { location: c.req.url })
}
