import { expect, it } from 'vitest'
import { recordDetails } from '../../src/app/record-details.ts'
import { parseCallDetails } from '../../src/telephony/call-details.ts'
import { NOW, startCall } from '../db/borrowers.ts'
import { fixture } from '../telephony/answering-server.ts'
import { borrowers, openStage } from './call-stage.ts'

const SID = 'c5797dcbaaeed7678c4062a4a3ed2f8a'

/** A call that is being dialled, and the details that Exotel gives of it. */
async function record(fields: object) {
  const stage = await openStage(borrowers(1, '0011'))
  const id = await startCall(stage.store, stage.customerIds[0]!)
  const details = parseCallDetails({ Call: { ...(JSON.parse(fixture('3.1-details.json').toString()) as { Call: object }).Call, ...fields } })
  const moved = await recordDetails(stage.store, (await stage.store.findCallById(id))!, details, 'sweep', NOW)
  return { stage, moved, details, call: await stage.store.findCallById(id), timeline: await stage.store.findTimeline(id) }
}

it('writes how a call ended, what it cost, and all that Exotel said (3.1)', async () => {
  const { stage, moved, call, timeline, details } = await record({})

  expect(moved).toBe(true)
  expect(call).toMatchObject({
    status: 'completed', callSid: SID, durationSeconds: 17, pricePaise: 150,
    recordingUrl: `https://s3-ap-south-1.amazonaws.com/exotel-mum1-recordings/acme1m/${SID}.mp3`,
    startedAt: new Date('2017-03-03T05:18:33Z'), endedAt: new Date('2017-03-03T05:18:57Z'),
    metadata: { operator: 'asha' },
    exotelDetails: details.raw,
  })
  expect(timeline.at(-1)).toMatchObject({ status: 'completed', source: 'sweep', message: 'from call details', extraData: details.raw, timestamp: NOW })
  expect(stage.look('select last_contact_date from customers')).toEqual([{ last_contact_date: Date.parse('2017-03-03T05:18:57Z') }])
})

it('takes the time of asking for the end that Exotel has not written yet', async () => {
  const { call } = await record({ Status: 'no-answer', EndTime: null, Duration: null, Price: null, RecordingUrl: null })

  expect(call).toMatchObject({ status: 'no_answer', durationSeconds: null, pricePaise: null, recordingUrl: null, endedAt: NOW })
})

it.each(['busy', 'failed', 'no-answer', 'cancelled'])('reached nobody with %s', async (Status) => {
  const { stage, moved } = await record({ Status })

  expect(moved).toBe(true)
  expect(stage.look('select last_contact_date from customers')).toEqual([{ last_contact_date: null }])
})

it.each(['in-progress', 'queued', 'ringing', 'warming-up', '', null])('writes nothing of a call that is %s: it may only be dialled', async (Status) => {
  const { moved, call, timeline } = await record({ Status })

  expect([moved, call!.status, call!.callSid, timeline.length]).toEqual([false, 'dialing', null, 2])
})
