import { request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { placeCalls } from '../../src/app/place-calls.ts'
import { reconcile } from '../../src/app/reconcile.ts'
import { borrower, openStage, portsOf, UNPACED } from '../app/call-stage.ts'
import { TERMS as RECONCILE_TERMS } from '../app/reconcile-stage.ts'
import { openWebhooks } from '../app/webhook-stage.ts'
import { fixture, serve } from '../telephony/answering-server.ts'
import { clientAt } from '../telephony/exotel-client.ts'
import { SETTLE_MS, TERMS } from './world.ts'

const SID = 'c5797dcbaaeed7678c4062a4a3ed2f8a'
const LAST_PAGE = '{"Metadata":{"Total":0,"NextPageUri":null},"Calls":[]}'

interface Replay { status?: number, connect?: Buffer, list?: Buffer | string, details?: Buffer }

/** Exotel as nothing but the bodies of exotel.md; without a body for connect, the connection is cut. */
async function replay({ status = 200, connect, list = LAST_PAGE, details }: Replay) {
  const posts: string[] = []
  const url = await serve(async (request, response) => {
    const path = request.url!
    if (request.method === 'POST') {
      posts.push(await text(request))
      return connect ? void response.writeHead(status).end(connect) : void request.socket.destroy()
    }
    if (path.includes('/Calls.json'))
      return void response.end(path.includes('After=xyz') ? LAST_PAGE : list)
    response.writeHead(details ? 200 : 404).end(details)
  })
  const stage = await openStage([borrower('9810000011')])
  const webhooks = await openWebhooks(stage)
  const ports = portsOf(stage, clientAt(url, { now: () => stage.clock.now }), webhooks.callbackUrl)
  const result = await placeCalls(ports, TERMS, stage.customerIds, { ...UNPACED, max: 1 })
  return {
    stage, webhooks, posts, result,
    call: async () => (await stage.store.findCallById(1))!,
    async reconcileLater() {
      stage.clock.now = new Date(stage.clock.now.getTime() + SETTLE_MS)
      await reconcile(ports, RECONCILE_TERMS)
    },
  }
}

it('a call is placed by the body of 2.5 and ended by the list of 3.2', async () => {
  const { call, reconcileLater, posts } = await replay({ connect: fixture('2.5-connect.json'), list: fixture('3.2-list.json') })
  expect(await call()).toMatchObject({ status: 'initiated', callSid: SID })
  await reconcileLater()
  expect(await call()).toMatchObject({ status: 'completed', callSid: SID, durationSeconds: 45, pricePaise: 150 })
  expect(posts).toHaveLength(1)
})

it('and by the details of 3.1 where the list does not have it, as 3.2 is written to the letter', async () => {
  const { call, reconcileLater, posts } = await replay({ connect: fixture('2.5-connect.json'), list: fixture('3.2-list-as-written.json').toString().replace('…?After=xyz', '/v1/Accounts/acme1m/Calls.json?After=xyz'), details: fixture('3.1-details.json') })
  await reconcileLater()
  expect(await call()).toMatchObject({ status: 'completed', callSid: SID, durationSeconds: 17, pricePaise: 150 })
  expect(posts).toHaveLength(1)
})

it('XML of 2.5 is an answer that proves nothing', async () => {
  const { call, result } = await replay({ connect: fixture('2.5-connect.xml') })
  expect([result.unknown, (await call()).status]).toEqual([1, 'unknown'])
})

it.each([
  [400, '5.2-bad-parameters.json', 'rejected', 'request', false], [400, '5.2-unassigned-number.json', 'rejected', 'request', false], [404, '5.2-not-found.json', 'rejected', 'request', false],
  [401, '5.2-bad-credentials.json', 'rejected', 'account', true], [402, '5.2-payment-required.json', 'rejected', 'account', true], [403, '5.2-kyc.json', 'rejected', 'account', true],
  [403, '5.2-kyc-code.json', 'rejected', 'account', true], [403, '5.2-trial.json', 'rejected', 'account', true], [403, '5.2-outbound-not-enabled.json', 'rejected', 'account', true],
  [403, '5.2-ndnc.json', 'rejected', 'ndnc', false], [403, '5.2-ndnc-older.json', 'rejected', 'ndnc', false], [403, '5.2-ndnc-recent.json', 'rejected', 'ndnc', false],
  [503, '5.2-no-route.json', 'unknown', null, false],
] as const)('%i with %s leaves the call %s (%s), stops the run: %s, after one request', async (status, name, becomes, refusal, stops) => {
  const { call, posts, result } = await replay({ status, connect: fixture(name) })
  expect(await call()).toMatchObject({ status: becomes, refusal })
  expect([posts.length, result.stop?.kind]).toEqual([1, stops ? 'setup' : undefined])
})

it.each([
  ['7.3-terminal.json', 'application/json', 'completed', 320],
  ['7.3-terminal.urlencoded', 'application/x-www-form-urlencoded', 'completed', 320],
  ['7.3-terminal.multipart', 'multipart/form-data; boundary=------------------------d74496d66958873e', 'completed', 320],
  ['7.3-flow-four-fields.urlencoded', 'application/x-www-form-urlencoded', 'completed', null],
  ['7.3-answered-leg-1.urlencoded', 'application/x-www-form-urlencoded', 'in_progress', null],
  ['7.3-answered-leg-2.urlencoded', 'application/x-www-form-urlencoded', 'in_progress', null],
  ['7.3-unanswered.json', 'application/json', 'no_answer', 0],
] as const)('%s names the call whose answer was lost', async (name, type, status, durationSeconds) => {
  const { call, posts, webhooks } = await replay({})
  const { StatusCallback } = Object.fromEntries(new URLSearchParams(posts[0])) as { StatusCallback: string }

  const answered = await new Promise<number>((resolve, reject) => {
    httpRequest(StatusCallback, { method: 'POST', headers: { 'content-type': type } }, response => resolve(response.resume().statusCode!)).on('error', reject).end(fixture(name))
  })
  await webhooks.idle()

  expect([answered, webhooks.problems]).toEqual([200, []])
  expect(await call()).toMatchObject({ status, durationSeconds, callSid: '80bfbec2d78bbbf10fb851f4fa165211' })
})
