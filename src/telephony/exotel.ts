import { toIstTimestamp } from '../domain/ist.ts'
import { VacliError } from '../errors.ts'
import { parseCallDetails, parseCallPage } from './call-details.ts'
import { classifyAnswer, classifyFailure, exotelMessage, parseJson } from './classify-answer.ts'
import type { CallDetails, CallQuery, OutboundCall, Telephony } from './port.ts'
import { type Answer, sendOnce } from './send-once.ts'

const MAX_SKEW_MS = 120_000
const READ_TIMEOUT_MS = 30_000
const PAGE_SIZE = 100
const MAX_PAGES = 2000

export interface ExotelSettings {
  baseUrl: string
  sid: string
  key: string
  token: string
  callerId: string
  flowId: string
  timeOutS: number
  timeLimitS: number
  record: boolean
  httpTimeoutMs: number
  now: () => Date
  /** Compares the host's clock with Exotel's; in training the clock is what one likes. */
  verifiesClock?: boolean
}

/** Exotel's voice API, v1 (exotel.md sections 1–3 and 5). */
export function openExotel(settings: ExotelSettings): Telephony {
  const account = new URL(`${settings.baseUrl.replace(/\/+$/, '')}/v1/Accounts/${encodeURIComponent(settings.sid)}/`)
  const connectUrl = new URL('Calls/connect.json', account)
  const authorization = authorizationOf(settings)
  const read = (path: string) => readJson(settings, new URL(path, account))

  return {
    async connect(call) {
      try {
        const answer = await sendOnce({ url: connectUrl, authorization, form: connectForm(settings, call), timeoutMs: settings.httpTimeoutMs, maySend: call.maySend })
        return classifyAnswer({ status: answer.status, body: answer.body, retryAfter: answer.headers['retry-after'] }, settings.now())
      }
      catch (error) {
        return classifyFailure(error)
      }
    },

    async findCall(sid) {
      const body = await read(`Calls/${encodeURIComponent(sid)}.json?details=true`)
      return body === undefined ? undefined : parseCallDetails(body)
    },

    async listCalls(query, beforePage = async () => {}) {
      // Pages move while they are read: a call may be on two.
      const calls = new Map<string, CallDetails>()
      const totals: (number | null)[] = []
      let next: string | null = `Calls.json?${listParams(query)}`
      for (let page = 0; next !== null; page++) {
        // Half a list would say of a call that it is not there.
        if (page === MAX_PAGES)
          throw new VacliError('unavailable', `Exotel's list goes on after ${MAX_PAGES} pages`, { hint: 'Ask for a shorter time.' })
        await beforePage()
        const found = parseCallPage(await read(next))
        found.calls.forEach(call => calls.set(call.sid, call))
        totals.push(found.total)
        next = found.nextPage
      }
      // Calls that came while it was read are on a later page or in the next list; those that the first page counted must all be there.
      return { calls: [...calls.values()], isWhole: totals.includes(null) || calls.size >= totals[0]! }
    },
  }
}

/** The fields of a connect: `From` is the borrower, whom Exotel dials first and only, and `Url` the lender's flow (exotel.md 2.2). */
function connectForm(settings: ExotelSettings, call: OutboundCall): Record<string, string> {
  const callback: Record<string, string> = call.callbackUrl === null
    ? {}
    : { StatusCallback: call.callbackUrl, 'StatusCallbackEvents[0]': 'terminal', 'StatusCallbackEvents[1]': 'answered', StatusCallbackContentType: 'application/json' }
  return {
    From: call.to,
    CallerId: settings.callerId,
    Url: `http://my.exotel.com/${settings.sid}/exoml/start_voice/${settings.flowId}`,
    CallType: 'trans',
    TimeOut: String(settings.timeOutS),
    TimeLimit: String(settings.timeLimitS),
    Record: String(settings.record),
    CustomField: call.reference,
    ...callback,
  }
}

/** The answer's JSON; undefined for a 404 alone: an answer that cannot be read proves nothing. */
async function readJson(settings: ExotelSettings, url: URL): Promise<unknown> {
  // The account's key goes to Exotel alone, wherever the next page is said to be.
  if (url.origin !== new URL(settings.baseUrl).origin)
    throw new VacliError('unavailable', `Exotel's next page is at another host, ${url.host}`, { hint: 'Check exotel.base_url, then run the command again.' })
  let answer: Answer
  try {
    answer = await sendOnce({ url, authorization: authorizationOf(settings), timeoutMs: READ_TIMEOUT_MS })
  }
  catch (error) {
    throw new VacliError('unavailable', `Exotel did not answer: ${(error as Error).message}`, { hint: 'Check the connection, then run the command again; nothing is called twice.', cause: (error as { code?: string }).code })
  }
  if (answer.status === 404)
    return undefined
  if (answer.status === 401 || answer.status === 403)
    throw new VacliError('setup', `Exotel refused the account: ${exotelMessage(answer.body) ?? answer.status}`, { hint: 'vacli config set exotel.token' })
  if (answer.status !== 200)
    throw new VacliError('unavailable', `Exotel answered ${answer.status}: ${exotelMessage(answer.body) ?? 'no message'}`, { hint: 'Run the command again; nothing is called twice.' })
  if (settings.verifiesClock)
    verifyClock(answer.headers.date)
  return parseJson(answer.body) ?? null
}

/**
 * Hours, gaps and the time after which a call must have ended are judged by this machine's clock: where it is wrong, nothing may be judged.
 */
function verifyClock(exotelDate: string | undefined) {
  const aheadMs = Date.now() - Date.parse(exotelDate ?? '')
  if (Math.abs(aheadMs) > MAX_SKEW_MS) {
    throw new VacliError('setup', `this machine's clock is ${Math.round(Math.abs(aheadMs) / 60_000)} minutes ${aheadMs > 0 ? 'ahead of' : 'behind'} Exotel's`, {
      hint: 'Set the clock (timedatectl set-ntp true), then run the command again; nobody was called.',
    })
  }
}

function authorizationOf({ key, token }: ExotelSettings): string {
  return `Basic ${Buffer.from(`${key}:${token}`).toString('base64')}`
}

function listParams({ sids, numbers, direction, createdFrom, createdTo }: CallQuery): URLSearchParams {
  const params = new URLSearchParams({ PageSize: String(PAGE_SIZE), SortBy: 'DateCreated:asc' })
  if (sids)
    params.set('Sid', sids.join(','))
  if (numbers)
    params.set('From', numbers.join(','))
  if (direction)
    params.set('Direction', direction)
  if (createdFrom && createdTo)
    params.set('DateCreated', `gte:${toIstTimestamp(createdFrom)};lte:${toIstTimestamp(createdTo)}`)
  return params
}
