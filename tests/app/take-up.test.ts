import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { importLoans, PLAIN_IMPORT } from '../../src/app/import-loans.ts'
import type { ImportReport } from '../../src/app/import-report.ts'
import { openLoanFile } from '../../src/csv/loan-file.ts'
import type { Store } from '../../src/db/store.ts'
import { aFile } from '../csv/a-file.ts'
import { NOW } from '../db/borrowers.ts'
import { BACKENDS, useStage } from '../db/open-stores.ts'

// Three chunks.
const ROWS = 9000
const fileOf = (due: number, phone: number) => `name,phone,loan_id,Due Amount\n${Array.from({ length: ROWS }, (_, at) => `Asha Rao,${phone + at},LN${at},${due}`).join('\n')}\n`

async function importText(store: Store, text: string): Promise<ImportReport> {
  const file = await openLoanFile(aFile(text), Readable.from([]))
  try {
    return await importLoans({ store, now: () => NOW }, file, { ...PLAIN_IMPORT, operator: 'asha' })
  }
  finally {
    await file.close()
  }
}

/** A store whose process dies at its second chunk. */
function dyingAt(store: Store, moment: 'before' | 'after'): Store {
  let chunks = 0
  return { ...store, async applyMatchPlan(...args) {
    const isLast = ++chunks === 2
    if (isLast && moment === 'before')
      throw new Error('killed')
    const applied = await store.applyMatchPlan(...args)
    if (isLast)
      throw new Error('killed')
    return applied
  } }
}

// What is asked of the store stands in its contract: here one database is enough, and PGlite takes a minute for it.
describe.each(BACKENDS.slice(0, 1))('an import on $name that ends right', (backend) => {
  const stage = useStage(backend)

  it.each(['before', 'after'] as const)('%s the commit of a chunk counts it once when it is taken up', async (moment) => {
    await importText(stage.store, fileOf(2500, 7_123_400_000))
    const next = fileOf(1000, 7_234_500_000)
    await expect(importText(dyingAt(stage.store, moment), next)).rejects.toThrow('killed')
    const { counts, warningsByCode, status } = await importText(stage.store, next)
    expect({ status, changed: counts.phonesChanged, warned: warningsByCode.PHONE_CHANGED, paidDown: counts.paidDown }).toEqual({ status: 'completed', changed: ROWS, warned: ROWS, paidDown: ROWS })
  })
})
