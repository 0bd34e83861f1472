import { describe, expect, it } from 'vitest'
import { expireLeases } from '../../src/app/expire-leases.ts'
import { claimOne } from '../db/borrowers.ts'
import { borrower, openStage, type Stage } from './call-stage.ts'

const LEASE_MS = 15_000

/** A call whose intent is on disk, as a process leaves it that is killed while it dials. */
async function cutOff({ store, clock, customerIds }: Stage): Promise<number> {
  const now = clock.now
  const [facts] = await store.readFacts([customerIds[0]!], now)
  const [loan] = facts!.loans
  return (await claimOne(store, {
    reference: 'a'.repeat(32), customerId: facts!.customerId, loanId: loan!.id, runId: null, uploadId: loan!.latestUploadId, rowId: loan!.latestRowId, toNumber: facts!.phone!, fromNumber: null,
    metadata: {}, owner: 'test:1', leaseUntil: new Date(now.getTime() + LEASE_MS), settleAt: new Date(now.getTime() + 60_000), phoneSeq: facts!.phoneSeq, now,
    epoch: '0', slots: { concurrency: 8, unknownSince: now },
  }))!
}

const statusAfter = async (stage: Stage, id: number, ms: number) => {
  await expireLeases(stage.store, new Date(stage.clock.now.getTime() + ms))
  return (await stage.store.findCallById(id))!.status
}

describe('a dial that was cut off', () => {
  it('is left alone while its process may live', async () => {
    const stage = await openStage([borrower('9810000011')])
    const id = await cutOff(stage)
    expect(await statusAfter(stage, id, LEASE_MS)).toBe('dialing')
  })

  it('is unknown once its lease has run out, and says why', async () => {
    const stage = await openStage([borrower('9810000011')])
    const id = await cutOff(stage)
    expect(await statusAfter(stage, id, LEASE_MS + 1)).toBe('unknown')
    expect((await stage.store.findTimeline(id)).map(({ status, source, message }) => [status, source, message])).toEqual([
      ['scheduled', 'vacli', null],
      ['dialing', 'vacli', null],
      ['unknown', 'vacli', 'the process that was dialling ended; the call may have rung'],
    ])
  })

  it('lives on while its process says so', async () => {
    const stage = await openStage([borrower('9810000011')])
    const id = await cutOff(stage)
    await stage.store.renewLeases([id], new Date(stage.clock.now.getTime() + 3 * LEASE_MS), stage.clock.now)
    expect(await statusAfter(stage, id, 2 * LEASE_MS)).toBe('dialing')
  })
})
