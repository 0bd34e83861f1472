import type { MatchCounts } from './plan-match.ts'

export const NO_MATCHES: MatchCounts = { customersCreated: 0, customersUpdated: 0, loansCreated: 0, loansUpdated: 0, loansUnchanged: 0, amountsChanged: 0, paidDown: 0, phonesChanged: 0, phonesOnly: 0 }

export function addCounts(a: MatchCounts, b: MatchCounts): MatchCounts {
  return Object.fromEntries(Object.entries(a).map(([key, n]) => [key, n + b[key as keyof MatchCounts]])) as unknown as MatchCounts
}
