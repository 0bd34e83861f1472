import type { Store } from '../db/store.ts'
import type { BlockCode } from '../domain/call-rules.ts'
import { EXAMPLES, type ImportReport } from './import-report.ts'

/** Rules about a number that a person may overrule: nobody learns from a row that they hold, only from all that is known. */
const OVERRULED = ['STAFF_PHONE', 'PHONE_SHARED'] as const satisfies readonly BlockCode[]
type OverruledCode = typeof OVERRULED[number]

/**
 * How many borrowers of an upload one rule keeps from being called, on how many phones, and the phones of most of them with the line where each stands first.
 * Or how many of other uploads, whose number this one is the first to name as the lender's own: they stand on no line of it.
 */
export interface BlockedPhones {
  code: OverruledCode
  borrowers: number
  phones: number
  examples: { phone: string, borrowers: number, line: number | null }[]
  ofOtherFiles: boolean
}

/** The report with the borrowers whose number is not called until a person allows it. Everybody must have been judged before; two statements a file. */
export async function tellBlockedPhones(store: Pick<Store, 'findBlockedPhones' | 'findNewStaffPhones'>, report: ImportReport): Promise<ImportReport> {
  if (report.status === 'unchanged')
    return report
  const found = await store.findBlockedPhones(report.id, OVERRULED, EXAMPLES)
  const blocked: BlockedPhones[] = OVERRULED.flatMap((code) => {
    const examples = found.filter(phone => phone.code === code)
    return examples[0] ? [{ code, borrowers: examples[0].ofCode.borrowers, phones: examples[0].ofCode.phones, examples: examples.map(({ phone, borrowers, line }) => ({ phone, borrowers, line })), ofOtherFiles: false }] : []
  })
  const others = await store.findNewStaffPhones(report.id, EXAMPLES)
  if (others[0])
    blocked.push({ code: 'STAFF_PHONE', ...others[0].inAll, examples: others.map(({ phone, borrowers }) => ({ phone, borrowers, line: null })), ofOtherFiles: true })
  return { ...report, blocked }
}
