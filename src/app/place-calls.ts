import { setTimeout as sleep } from 'node:timers/promises'
import { afterAnswer, type Breaker, CLOSED_BREAKER, trialAt } from '../domain/breaker.ts'
import { isWithinHours } from '../domain/window.ts'
import type { ConnectOutcome } from '../telephony/port.ts'
import type { CallPorts, CallTerms, ClaimedCall, PlacedCall } from './call-ports.ts'
import { claimCustomers } from './claim-customers.ts'
import { GATHER_MS, gatherLines } from './gather-lines.ts'
import { judgeDials } from './judge-dials.ts'
import { keepLeases, type LeaseKeeper } from './lease-keeper.ts'
import { type Orders, readOrders } from './orders.ts'
import { type PlaceQueue, queuePlaces } from './place-queue.ts'
import { countBlocked, emptyResult, type RunResult, type RunStop, tally } from './run-result.ts'
import { saveOutcomes } from './save-outcomes.ts'
import { raiseSecondSid } from './second-sid.ts'
import { countTurnedAway } from './turned-away.ts'

const SLICE_MS = 500
const LINE_WAIT_MS = 200
const WATCH_MS = 250
const MAX_READS = 10
const MAX_BATCH = 50

export interface RunLimits {
  /** At most so many calls; undefined for no limit of its own. */
  max?: number
  /** Requests a minute of all runs together; infinite without a limit. */
  perMinute: number
  /** Open calls of all runs together. */
  concurrency: number
  /** No call starts at or after this. */
  stopAt?: Date | null
  signal?: AbortSignal
}

export interface RunPorts extends CallPorts {
  onCall?: (call: PlacedCall, result: RunResult) => void
  /** Told once each time when Exotel's answers tell nothing, with when it is tried again. */
  onBreaker?: (until: Date) => void
  /** Says beside the database that calls were claimed, before their requests leave: a backup that is put back lacks them. */
  noteClaims?: () => Promise<void>
  /** While all lines are taken: what is silent for long is looked up, so that lines come free without a listener. */
  whileFull?: () => Promise<void>
}

/** Calls the customers in order, one request each, at the pace that was set. Everybody is judged again right before the dial. */
export async function placeCalls(ports: RunPorts, terms: CallTerms, customerIds: number[], limits: RunLimits): Promise<RunResult> {
  const result = emptyResult(customerIds.length)
  const orders = await readOrders(ports, terms)
  if (orders.stop?.code === 'PAUSED') {
    customerIds.forEach(() => countBlocked(result, 'PAUSED'))
    result.stop = { kind: 'paused', reason: orders.stop.reason }
    return result
  }
  const { callable, blocked } = await judgeDials(ports, orders.rules, customerIds)
  blocked.forEach(code => countBlocked(result, code))
  result.callable = callable.length

  const run = new Run(ports, terms, limits, result, orders, callable)
  try {
    await run.dialAll()
  }
  finally {
    run.leases.stop()
  }
  if (run.fault !== undefined)
    throw run.fault
  return result
}

class Run {
  readonly leases: LeaseKeeper
  fault: unknown
  private readonly queue: number[]
  private readonly places: PlaceQueue
  private readonly save: ReturnType<typeof saveOutcomes>
  private readonly onWire = new Set<Promise<void>>()
  private readonly reads = new Map<number, number>()
  private readonly openedWithinHours: boolean
  private breaker: Breaker = CLOSED_BREAKER
  private taken = 0
  private readonly turnedAway = countTurnedAway()
  private notBefore = 0

  constructor(private readonly ports: RunPorts, private readonly terms: CallTerms, private readonly limits: RunLimits, private readonly result: RunResult, private orders: Orders, callable: number[]) {
    this.queue = [...callable]
    this.leases = keepLeases(ports.store, ports.now)
    this.save = saveOutcomes(ports, () => this.onWire.size)
    this.places = queuePlaces(ports.store, limits.perMinute, ports.now)
    this.openedWithinHours = isWithinHours(ports.now(), terms.rules)
  }

  async dialAll() {
    const watching = setInterval(() => void this.watchOrders(), WATCH_MS)
    try {
      while (await this.mayDial())
        await this.dialNext()
    }
    catch (error) {
      this.fail(error)
    }
    await Promise.all(this.onWire)
    clearInterval(watching)
    this.result.notCalled += this.queue.length
  }

  /** A connection may take long to be made: what was claimed before a pause or a stop is not sent after it. */
  private async watchOrders() {
    if (this.onWire.size === 0)
      return
    // Read again before the next claim; one that fails here says so there.
    this.orders = await readOrders(this.ports, this.terms, this.orders).catch(() => this.orders)
    this.stopIfOrdered()
  }

  private stopIfOrdered(): boolean {
    const { stop } = this.orders
    if (stop)
      this.stop({ kind: stop.code === 'PAUSED' ? 'paused' : 'asked', reason: stop.reason })
    return stop !== null
  }

  /** False once nobody new is dialled: the list is done, its limit is reached, or something stopped it. Waits while others may still come back to the list. */
  private async mayDial(): Promise<boolean> {
    for (;;) {
      if (this.isOver())
        return false
      if (this.queue.length > 0 && this.taken < this.max && this.onWire.size < this.limits.concurrency)
        return true
      if (this.onWire.size === 0)
        return false
      await Promise.race(this.onWire)
      // Lines that come free one after the other are taken together, in one commit.
      if (!this.places.isPaced && this.onWire.size > 0)
        await sleep(GATHER_MS)
    }
  }

  private async dialNext() {
    const trial = await this.untilReady()
    if (this.isOver())
      return
    this.orders = await readOrders(this.ports, this.terms, this.orders)
    if (this.stopIfOrdered())
      return

    const { concurrency } = this.limits
    const free = await this.freeLines()
    if (free <= 0)
      return this.whileFull()
    const batch = this.queue.splice(0, Math.min(free, concurrency - this.onWire.size, this.max - this.taken, trial || this.places.isPaced ? 1 : MAX_BATCH))
    this.taken += batch.length
    const since = this.ports.now()
    const { claimed, blocked, moved } = await claimCustomers(this.ports, this.terms, { ...this.orders, concurrency }, batch)
    this.taken -= blocked.length + moved.length
    blocked.forEach(({ code }) => this.leaveOut(code))
    this.judgeAgain(moved)
    this.leases.hold(claimed.map(({ callId }) => callId), since)
    if (claimed.length > 0)
      await this.ports.noteClaims?.()
    claimed.forEach(call => this.send(call))
    if (claimed.length > 0)
      this.places.use()
    if (trial)
      await Promise.all(this.onWire)
  }

  /** Waits for the time that Exotel asked for, for the breaker, and for the next place. True when one call may be tried, to see whether Exotel answers again. */
  private async untilReady(): Promise<boolean> {
    await this.pauseUntil(this.notBefore)
    const trial = trialAt(this.breaker)
    if (trial) {
      await Promise.all(this.onWire)
      await this.pauseUntil(trialAt(this.breaker)?.getTime() ?? 0)
    }
    if (!this.isOver())
      await this.pauseUntil((await this.places.next()).getTime())
    return trial !== null
  }

  private send(call: ClaimedCall) {
    const { ports, leases } = this
    const sending = ports.telephony.connect({ reference: call.reference, to: call.to, callbackUrl: ports.callbackUrl(call.reference), maySend: () => leases.isHeld(call.callId) && !this.isOver() })
      .then(outcome => this.save(call, outcome))
      .then(placed => this.record(placed), (error: unknown) => this.fail(error))
      .finally(() => {
        leases.release(call.callId)
        this.onWire.delete(sending)
      })
    this.onWire.add(sending)
  }

  private async record(call: PlacedCall) {
    const { outcome } = call
    const now = this.ports.now()
    if (outcome.kind === 'accepted' && call.callSid !== null && call.callSid !== outcome.sid) {
      await raiseSecondSid(this.ports.store, { callId: call.callId, known: call.callSid, told: outcome.sid }, now)
      this.stop({ kind: 'paused', reason: `call ${call.callId} has two CallSids: somebody was dialled twice` })
    }
    this.breakOn(outcome, now)
    // What Exotel never took up is planned anew, as a session of its own.
    if (outcome.kind === 'not_placed' && this.isPlannedAnew(outcome, now)) {
      this.taken--
      this.queue.unshift(call.customerId)
      this.ports.onCall?.(call, this.result)
      return
    }
    tally(this.result, call)
    this.ports.onCall?.(call, this.result)
    if (outcome.kind === 'rejected' && outcome.stopsRun)
      this.stop({ kind: 'setup', reason: outcome.message })
  }

  private breakOn(outcome: ConnectOutcome, now: Date) {
    // A request that was turned away at the door says nothing of how calls fare.
    if (outcome.kind === 'not_placed')
      return
    this.turnedAway.forget()
    const before = this.breaker.openUntil
    this.breaker = afterAnswer(this.breaker, outcome.kind === 'unknown', now)
    if (this.breaker.openUntil && this.breaker.openUntil !== before)
      this.ports.onBreaker?.(this.breaker.openUntil)
  }

  private isPlannedAnew(outcome: ConnectOutcome & { kind: 'not_placed' }, now: Date): boolean {
    const waitMs = this.turnedAway.waitMs(outcome)
    if (waitMs === undefined) {
      this.stop({ kind: 'unavailable', reason: outcome.message })
      return false
    }
    this.notBefore = Math.max(this.notBefore, now.getTime() + waitMs)
    return true
  }

  // The day's window closing in the middle of a run is no fault of the borrower's.
  private leaveOut(code: Parameters<typeof countBlocked>[1]) {
    if (code === 'OUTSIDE_HOURS' && this.openedWithinHours)
      this.result.notCalled++
    else
      countBlocked(this.result, code)
  }

  // Where the facts of a phone never stand still, somebody else is working on it: reason enough to leave it.
  private judgeAgain(customerIds: number[]) {
    for (const id of customerIds.toReversed()) {
      const reads = (this.reads.get(id) ?? 0) + 1
      this.reads.set(id, reads)
      if (reads >= MAX_READS)
        countBlocked(this.result, 'GAP')
      else
        this.queue.unshift(id)
    }
  }

  private freeLines(): Promise<number> {
    const { concurrency } = this.limits
    const countFree = async () => concurrency - await this.ports.store.countOpenCalls({ concurrency, unknownSince: new Date(this.ports.now().getTime() - this.terms.longestCallMs) })
    const enough = this.places.isPaced ? 1 : Math.min(this.queue.length, this.max - this.taken, concurrency, MAX_BATCH)
    return gatherLines(countFree, enough, () => this.isOver())
  }

  private async whileFull() {
    await this.ports.whileFull?.()
    await this.ports.wait(this.places.isPaced ? LINE_WAIT_MS : GATHER_MS * 4)
  }

  /** Where the database or the disk fails, no further call could be recorded: those on the wire end, none begins. */
  private fail(error: unknown) {
    this.fault ??= error
    this.stop({ kind: 'fault', reason: error instanceof Error ? error.message : String(error) })
  }

  private stop(stop: RunStop) {
    this.result.stop ??= stop
  }

  private isOver(): boolean {
    const { stopAt, signal } = this.limits
    if (stopAt && this.ports.now() >= stopAt)
      this.stop({ kind: 'asked', reason: 'the time given by --stop-at is over' })
    const areHoursOver = this.openedWithinHours && !isWithinHours(this.ports.now(), this.orders.rules)
    return this.result.stop !== null || areHoursOver || Boolean(signal?.aborted)
  }

  // In slices, so that a run which is stopped ends at once and not after the quarter of an hour that Exotel may ask for.
  private async pauseUntil(time: number) {
    for (let left = time - this.ports.now().getTime(); left > 0 && !this.isOver(); left = time - this.ports.now().getTime())
      await this.ports.wait(Math.min(left, SLICE_MS))
  }

  private get max() {
    return this.limits.max ?? Number.POSITIVE_INFINITY
  }
}
