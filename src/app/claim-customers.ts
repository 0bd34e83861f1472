import type { CallClaim } from '../db/claim-store.ts'
import type { ReadFacts } from '../db/facts-store.ts'
import { type BlockCode, type CallRules, RULE_SET } from '../domain/call-rules.ts'
import { judgeDial, type Verdict } from '../domain/callability.ts'
import { attemptDays } from '../domain/facts.ts'
import type { CallPorts, CallTerms, ClaimedCall } from './call-ports.ts'

/** How long a process may be silent before others take the fate of its calls for unknown. */
export const LEASE_MS = 15_000

/** What became of each customer: claimed, blocked, or to be judged anew because something moved. */
export interface Claims {
  claimed: ClaimedCall[]
  blocked: { customerId: number, code: BlockCode }[]
  moved: number[]
}

/** What a claim must find unchanged, beside the facts of the phone. */
export interface ClaimOrders { rules: CallRules, epoch: string, concurrency: number }

/** Reads, judges and claims: the intents are committed before a socket opens (calls.md, step 1). One call a phone; a second customer of one phone is judged again after the first. */
export async function claimCustomers({ store, now, newReference }: Pick<CallPorts, 'store' | 'now' | 'newReference'>, terms: CallTerms, orders: ClaimOrders, customerIds: number[]): Promise<Claims> {
  const at = now()
  const facts = new Map((await store.readFacts(customerIds, at, attemptDays(orders.rules))).map(one => [one.customerId, one]))
  const result: Claims = { claimed: [], blocked: [], moved: [] }
  const claims = new Map<string, CallClaim>()
  for (const customerId of customerIds) {
    const one = facts.get(customerId)
    const verdict = one && judgeDial(one, orders.rules, at)
    if (!one?.phone || !verdict?.ok)
      result.blocked.push({ customerId, code: verdict && !verdict.ok ? verdict.code : 'ABSENT' })
    else if (claims.has(one.phone))
      result.moved.push(customerId)
    else
      claims.set(one.phone, claimOf({ ...one, phone: one.phone }, verdict, terms, newReference()))
  }

  const born = new Map((await store.claimCalls([...claims.values()], {
    runId: terms.runId,
    fromNumber: terms.callerId,
    owner: terms.owner,
    now: at,
    leaseUntil: new Date(at.getTime() + LEASE_MS),
    settleAt: new Date(at.getTime() + terms.settleMs),
    epoch: orders.epoch,
    slots: { concurrency: orders.concurrency, unknownSince: new Date(at.getTime() - terms.longestCallMs) },
  })).map(({ id, reference }) => [reference, id]))
  for (const { reference, customerId, toNumber } of claims.values()) {
    const callId = born.get(reference)
    if (callId === undefined)
      result.moved.push(customerId)
    else
      result.claimed.push({ callId, customerId, reference, to: toNumber })
  }
  return result
}

function claimOf(facts: ReadFacts & { phone: string }, verdict: Verdict & { ok: true }, { operator }: CallTerms, reference: string): CallClaim {
  return {
    reference,
    customerId: facts.customerId,
    loanId: verdict.loan.id,
    uploadId: verdict.loan.latestUploadId,
    rowId: verdict.loan.latestRowId,
    toNumber: facts.phone,
    phoneSeq: facts.phoneSeq,
    metadata: {
      operator,
      loans: facts.loans.map(({ loanId, dueAmount, outstandingAmount, dueDate }) => ({ loan_id: loanId, due_paise: dueAmount, outstanding_paise: outstandingAmount, due_date: dueDate })),
      verdict: { rule_set: RULE_SET, checks: verdict.checks },
    },
  }
}
