import { customerFingerprint, loanKey } from './fingerprint.ts'
import type { StagedRow } from './known.ts'
import type { LoanRow } from './loan-row.ts'
import { parsePhone } from './phone.ts'
import type { StoredRow } from './stored-row.ts'

export const ROW_ANSWERS = ['accept', 'reject', 'set'] as const
/** Fields that `set` can give. */
export const SETTABLE = ['phone', 'loan_id'] as const

/** What a person said of one doubtful row, and of which doubt; `value` is what was typed for `field`. */
export interface RowAnswer { code: string, answer: (typeof ROW_ANSWERS)[number], field: string | null, value: string | null }

/** An answer with the row about which it was given. */
export interface GivenAnswer extends RowAnswer { rowId: number, source: string, stored: StoredRow }

/** Answers by row, and by doubt: the same cell of the same loan in a later file is not asked about again. */
export interface RowAnswers { byRow: ReadonlyMap<number, RowAnswer>, byDoubt: ReadonlyMap<string, RowAnswer> }

/** Rows of an upload as people left them: those that stand, and those that were refused. */
export interface AnsweredRows { rows: (StoredRow & StagedRow)[], refused: { rowId: number, code: string }[] }

/** Doubts about a whole row: two tell of one loan, or its id may be another's. Of a doubtful cell only the cell is refused. */
const WHOLE_ROW = new Set(['LOAN_TWICE', 'LOAN_ID_ZEROS', 'LOAN_ID_SEPARATORS'])

export const isAboutWholeRow = (code: string) => WHOLE_ROW.has(code)

/** The later answer about a row or a doubt is the one that holds. */
export function rowAnswers(given: readonly GivenAnswer[]): RowAnswers {
  return {
    byRow: new Map(given.map(({ rowId, source: _, stored: __, ...answer }) => [rowId, answer])),
    byDoubt: new Map(given.flatMap(({ rowId: _, source, stored, ...answer }) => {
      const key = doubtKey(source, stored)
      return key === undefined ? [] : [[key, answer]]
    })),
  }
}

/** Applies what people answered to the rows of one upload, in their order. */
export function answeredRows(rows: readonly (StoredRow & { rowId: number })[], source: string, { byRow, byDoubt }: RowAnswers): AnsweredRows {
  if (byRow.size === 0)
    return { rows: [...rows], refused: [] }
  const answerTo = (row: StoredRow & { rowId: number }) => byRow.get(row.rowId) ?? byDoubt.get(doubtKey(source, row) ?? '')
  // Of rows that contradict each other the accepted one is true, and the others are not.
  const settled = new Set(rows.flatMap((row) => {
    const answer = byRow.get(row.rowId)
    return answer?.code === 'LOAN_TWICE' && answer.answer === 'accept' ? row.row.loanId : []
  }))
  const answered: AnsweredRows = { rows: [], refused: [] }
  for (const row of rows) {
    const answer = answerTo(row)
    const isRefused = answer ? answer.answer === 'reject' && isAboutWholeRow(answer.code) : settled.has(row.row.loanId)
    if (isRefused)
      answered.refused.push({ rowId: row.rowId, code: answer?.code ?? 'LOAN_TWICE' })
    else
      answered.rows.push(answer ? answerRow(row, answer) : row)
  }
  return answered
}

function answerRow(stored: StoredRow & { rowId: number }, { code, answer, field, value }: RowAnswer): StoredRow & StagedRow {
  const own = { ...stored, review: null, isOwnLoan: code.startsWith('LOAN_ID') && answer === 'accept' }
  if (answer === 'set')
    return { ...own, row: field === 'loan_id' ? withKey({ ...stored.row, loanId: loanKey(value!) }) : withPhone(stored.row, value!, undefined) }
  const [phone, second] = answer === 'accept' ? proposalOf(stored)?.split('/') ?? [] : []
  return phone === undefined ? own : { ...own, row: withPhone(stored.row, phone, second) }
}

function withPhone(row: LoanRow, typed: string, second: string | undefined): LoanRow {
  const [phone, alternate] = [parsePhone(typed), second === undefined ? null : parsePhone(second)]
  if (!phone.ok || phone.value.number === null)
    throw new TypeError(`${typed} is no phone`)
  return withKey({ ...row, phone: phone.value.number, phoneKind: phone.value.kind, alternatePhone: alternate?.ok ? alternate.value.number : row.alternatePhone })
}

const withKey = (row: LoanRow): LoanRow => ({ ...row, fingerprint: customerFingerprint(row.phone, row.fullName, row.loanId) })

function proposalOf({ review }: StoredRow): string | undefined {
  return review && 'proposal' in review ? review.proposal : undefined
}

/** Names a doubtful cell of a loan; undefined where the doubt is about the file or another row. */
function doubtKey(source: string, stored: StoredRow): string | undefined {
  const { review, row } = stored
  return review ? [source, row.loanId, review.code, proposalOf(stored) ?? review.message].join('\u001f') : undefined
}
