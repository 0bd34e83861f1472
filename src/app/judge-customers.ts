import { hash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { Store } from '../db/store.ts'
import { callability } from '../domain/callability.ts'
import { type CallRules, RULE_SET } from '../domain/call-rules.ts'
import { attemptDays } from '../domain/facts.ts'

const CHUNK = 4000

/** Names the rules under which somebody was judged: other settings or another rule set, another hash, and all are judged anew. */
export function rulesHash(rules: CallRules): string {
  return hash('sha256', `${RULE_SET}|${JSON.stringify(rules)}`).slice(0, 16)
}

/** Brings every customer's callability up to the facts and the rules. Does nothing where nothing changed. */
export async function judgeCustomers(store: Store, rules: CallRules, now: Date): Promise<number> {
  const judgedBy = rulesHash(rules)
  let judged = 0
  for (;;) {
    const ids = await store.findCustomersToJudge(judgedBy, CHUNK)
    if (ids.length === 0)
      return judged
    const facts = await store.readFacts(ids, now, attemptDays(rules))
    await store.saveCallability(facts.map(one => ({ customerId: one.customerId, factsSeq: one.factsSeq, callability: callability(one, rules) })), judgedBy)
    judged += facts.length
    await setImmediate() // so that a second Ctrl-C is heard
  }
}
