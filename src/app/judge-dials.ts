import type { BlockCode, CallRules } from '../domain/call-rules.ts'
import { judgeDial } from '../domain/callability.ts'
import { attemptDays } from '../domain/facts.ts'
import type { CallPorts } from './call-ports.ts'

const CHUNK = 500

/** The verdict on everybody, without placing anything. */
export async function judgeDials({ store, now }: Pick<CallPorts, 'store' | 'now'>, rules: CallRules, customerIds: number[]): Promise<{ callable: number[], blocked: BlockCode[] }> {
  const callable: number[] = []
  const blocked: BlockCode[] = []
  for (let at = 0; at < customerIds.length; at += CHUNK) {
    const ids = customerIds.slice(at, at + CHUNK)
    const facts = new Map((await store.readFacts(ids, now(), attemptDays(rules))).map(one => [one.customerId, one]))
    for (const id of ids) {
      const one = facts.get(id)
      const verdict = one && judgeDial(one, rules, now())
      if (verdict?.ok)
        callable.push(id)
      else
        blocked.push(verdict?.code ?? 'ABSENT')
    }
  }
  return { callable, blocked }
}
