import type { Store } from '../db/store.ts'
import { reviewedRow, reviewRulesOf } from '../domain/file-review.ts'
import { type RowAnswers, rowAnswers } from '../domain/row-answers.ts'
import { decodeStoredRow } from '../domain/stored-row.ts'

/** What people answered about rows, as it is applied to the rows of any upload. */
export async function readRowAnswers(store: Pick<Store, 'findRowAnswers'>): Promise<RowAnswers> {
  const given = await store.findRowAnswers()
  return rowAnswers(given.flatMap(({ loanValues, rawData, uploadSettings, ...answer }) => {
    const stored = decodeStoredRow(loanValues, rawData)
    return stored ? [{ ...answer, stored: reviewedRow(stored, reviewRulesOf(uploadSettings)) }] : []
  }))
}
