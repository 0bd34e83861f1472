import { contradictedLoans } from './contradicted-loans.ts'
import type { ReviewRows } from './file-checks.ts'
import { customerFingerprint } from './fingerprint.ts'
import type { LoanRow } from './loan-row.ts'
import type { StoredRow } from './stored-row.ts'

/** The row as its file makes it: where the whole file casts doubt on a value, that is left empty and a person decides. */
export function reviewedRow(stored: StoredRow, rules: readonly ReviewRows[]): StoredRow {
  const rule = rules.find(({ field, endsWith }) => field === 'phone' && endsWith !== null && stored.row.phone?.endsWith(endsWith))
  if (!rule)
    return stored
  const { fullName, loanId, phone } = stored.row
  return { ...stored, row: { ...stored.row, phone: null, fingerprint: customerFingerprint(null, fullName, loanId) }, review: { code: rule.code, message: rule.message, ...(phone && { proposal: phone }) } }
}

/** Loans of which nobody can say which row is true: two stories in one file, or, where ids may have lost their last digits, two rows. */
export function doubtedLoans(rows: LoanRow[], rules: readonly ReviewRows[]): Set<string> {
  if (!rules.some(({ field, isRepeated }) => field === 'loan_id' && isRepeated))
    return contradictedLoans(rows)
  const [seen, repeated] = [new Set<string>(), new Set<string>()]
  for (const { loanId } of rows)
    (seen.has(loanId) ? repeated : seen).add(loanId)
  return repeated
}

/** What was kept with an upload of the doubts that its whole file casts. */
export function reviewRulesOf(settings: unknown): ReviewRows[] {
  return (settings as { review_rows?: ReviewRows[] } | null)?.review_rows ?? []
}
