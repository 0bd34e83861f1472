import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkBook } from '../../src/app/check-book.ts'
import { decideReview, decideRow, undoDecision, undoRowAnswer, type Verdict } from '../../src/app/decide-review.ts'
import { readReviews } from '../../src/app/read-reviews.ts'
import { undoImport } from '../../src/app/undo-import.ts'
import { isPairKind } from '../../src/domain/review-kinds.ts'
import type { RowAnswer } from '../../src/domain/row-answers.ts'
import type { Store } from '../../src/db/store.ts'
import type { SnapshotScope } from '../../src/db/upload-store.ts'
import { daysLater, importRows, minutesLater, type Row } from '../db/borrowers.ts'
import { BACKENDS, query, type Stage, useStage } from '../db/open-stores.ts'
import { SEED, sizeOf, tell } from '../faults/tell.ts'

tell(`histories of imports, undos and decisions: seed ${SEED}`)

const row = fc.record({
  name: fc.constantFrom('Rajesh Kumar', 'KUMAR RAJESH', 'Late Rajesh Kumar', 'Rajesh Kumar S/O Ram', 'Rajesh Kumar S/O Shyam', 'Rajesh', 'R Kumar', 'Ramesh Kumar', 'Sunita Devi', 'Suneeta Devi & Vikas Singh', 'Vikas Singh'),
  phone: fc.constantFrom('9812345678', '+91 98123 45678', '9911223344', '9933445566', '0522-2612345', '98123456789911223344', ''),
  loan_id: fc.constantFrom('LN1', 'LN2', 'LN3', 'LN 3/', '7', '007'),
  due_amount: fc.constantFrom('100', '200', '-', ''),
  branch: fc.constantFrom('Gaya', 'GAYA ', 'Patna', ''),
  email: fc.constantFrom('', 'a@example.in'),
  employee: fc.constantFrom('', 'Alok Sinha'),
})
const scope = fc.constantFrom<SnapshotScope | undefined>(undefined, undefined, { all: true }, { branches: ['gaya'] }, { branches: ['patna', ''] })
// Older files come after newer ones, too.
const daysOld = fc.constantFrom(0, 0, 1, 2)
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ rows: fc.array(row, { minLength: 1, maxLength: 5 }), source: fc.constantFrom('', 'north'), snapshotScope: scope, daysOld }) },
  { weight: 2, arbitrary: fc.record({ undo: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ decide: fc.nat(), verdict: fc.constantFrom('merge' as const, 'apart' as const) }) },
  { weight: 1, arbitrary: fc.record({ unsay: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ answer: fc.nat(), word: fc.constantFrom('accept' as const, 'reject' as const, 'set' as const) }) },
  { weight: 1, arbitrary: fc.record({ retract: fc.nat() }) },
)
type Step = { answer: number, word: RowAnswer['answer'] } | { retract: number } | { rows: Row[], source: string, snapshotScope: SnapshotScope | undefined, daysOld: number } | { undo: number } | { decide: number, verdict: Verdict } | { unsay: number }

// Who no longer has a father of another name takes a loan under an id with zeros: the later file's id without them is then in doubt, though neither phone nor name connects the two.
const ZEROS_IN_DOUBT: Step[] = [
  ...[{ name: 'Rajesh Kumar S/O Ram', phone: '9812345678', loan_id: 'LN1' }, { name: 'Rajesh Kumar S/O Shyam', phone: '9812345678', loan_id: '007' }, { name: 'Vikas Singh', phone: '9911223344', loan_id: '7' }].map((only): Step => ({ rows: [only], source: '', snapshotScope: undefined, daysOld: 0 })),
  { undo: 0 },
]

// What people decided stays: it holds for whatever rows there are.
const EMPTY = ['call_sessions', 'reviews', 'upload_rows', 'customer_aliases', 'customer_phones', 'loans', 'customers', 'phones', 'staff_phones', 'file_uploads', 'meta']

interface Imported { id: number, name: string, step: Extract<Step, { rows: Row[] }>, at: Date }

async function importStep(store: Store, { name, step: { rows, ...rest }, at }: Omit<Imported, 'id'>) {
  return importRows(store, rows, { filename: name, source: rest.source, createdAt: at, dataDate: daysLater(-rest.daysOld), ...(rest.snapshotScope ? { snapshotScope: rest.snapshotScope } : {}) })
}

/** Everything that rows make, with names in the place of ids. */
async function book({ backend }: Stage): Promise<unknown> {
  const ask = (text: string) => query(backend, text)
  return {
    customers: await ask(`select fingerprint, full_name, primary_phone, phone_kind, state, language, email, first_uploaded_at, last_uploaded_at from customers where withdrawn = 0 order by fingerprint`),
    aliases: await ask(`select a.fingerprint, a.full_name, a.phone, c.fingerprint as owner from customer_aliases a join customers c on c.id = a.customer_id order by 1`),
    phones: await ask(`select p.number, p.kind, c.fingerprint as owner from customer_phones p join customers c on c.id = p.customer_id order by 1, 3`),
    reviews: await ask(`select v.pair, v.kind, v.rule, v.score, v.loan_id, a.fingerprint as a, b.fingerprint as b from reviews v join customers a on a.id = v.customer_a left join customers b on b.id = v.customer_b order by 1`),
    loans: await ask(`select l.source, l.loan_id, c.fingerprint, l.outstanding_amount, l.due_amount, l.due_date, l.branch, l.branch_key, l.employee_name, l.created_at, l.updated_at, f.filename, r.line_number, a.filename as absent_by
      from loans l join customers c on c.id = l.customer_id join upload_rows r on r.id = l.latest_row_id join file_uploads f on f.id = r.file_upload_id left join file_uploads a on a.id = l.absent_by where l.withdrawn = 0 order by 1, 2`),
    rows: await ask(`select f.filename, r.line_number, r.status, r.code, r.message, c.fingerprint, l.source, l.loan_id
      from upload_rows r join file_uploads f on f.id = r.file_upload_id left join customers c on c.id = r.match_customer_id left join loans l on l.id = r.match_loan_id where f.status = 'completed' order by 1, 2`),
  }
}

async function empty({ backend }: Stage) {
  for (const table of EMPTY)
    await query(backend, `delete from ${table}`)
}

const ports = (store: Store) => ({ store, now: () => minutesLater(998) })

/** Answers one of the questions that stand, if any does. */
async function decideOne(store: Store, { decide, verdict }: { decide: number, verdict: Verdict }) {
  const { reviews } = await readReviews(store, {}, { limit: 0 })
  const pairs = reviews.filter(({ kind }) => isPairKind(kind)).sort((a, b) => a.sides[0]!.fullName < b.sides[0]!.fullName ? -1 : 1)
  if (pairs.length > 0)
    await decideReview(ports(store), Number(pairs[decide % pairs.length]!.id), verdict, 'meera')
}

/** Takes one of the decisions back. */
async function unsayOne({ store, backend }: Stage, unsay: number) {
  const standing = await query(backend, 'select id from pair_decisions where undone_at is null order by id')
  if (standing.length > 0)
    await undoDecision(ports(store), Number(standing[unsay % standing.length]!.id), 'meera')
}

/** Answers one of the doubts about a row, if there is any. */
async function answerOne(store: Store, { answer, word }: { answer: number, word: RowAnswer['answer'] }) {
  const doubts = (await readReviews(store, {}, { limit: 0 })).reviews.filter(({ kind }) => !isPairKind(kind))
  const doubt = doubts[answer % doubts.length]
  if (!doubt)
    return
  // A number or loan that nobody has, and some that others may have.
  const set = doubt.kind.startsWith('PHONE_') ? { field: 'phone', value: ['+919944556677', '+919812345678', '+919911223344'][answer % 3]! } : { field: 'loan_id', value: ['LN2', 'LN1', '7'][answer % 3]! }
  await decideRow(ports(store), Number(doubt.id.slice(1)), { code: doubt.kind, answer: word, ...word === 'set' ? set : { field: null, value: null } }, 'meera')
}

/** Takes one of the answers about rows back; false where none stands. */
async function retractOne({ store, backend }: Stage, retract: number): Promise<boolean> {
  const standing = await query(backend, 'select id, row_id from row_decisions where undone_at is null order by id')
  const one = standing[retract % standing.length]
  if (one)
    await undoRowAnswer(ports(store), { id: Number(one.id), rowId: Number(one.row_id) }, 'meera')
  return one !== undefined
}

describe.each(BACKENDS)('an undo on $name', (backend) => {
  const stage = useStage(backend)
  const undo = (id: number) => undoImport({ store: stage.store, now: () => minutesLater(999) }, id, 'asha')

  it('leaves what imports of the surviving files alone would have made, after any history', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), async (steps: Step[]) => {
      await empty(stage)
      await query(stage.backend, 'delete from pair_decisions')
      const imported: Imported[] = []
      for (const [at, one] of steps.entries()) {
        if ('rows' in one) {
          const file = { name: `file ${at}`, step: one, at: minutesLater(at) }
          imported.push({ ...file, id: await importStep(stage.store, file) })
        }
        else if ('decide' in one) {
          await decideOne(stage.store, one)
        }
        else if ('unsay' in one) {
          await unsayOne(stage, one.unsay)
        }
        else if ('answer' in one) {
          await answerOne(stage.store, one)
        }
        else if ('retract' in one) {
          await retractOne(stage, one.retract)
        }
        else if (imported.length > 0) {
          const [undone] = imported.splice(one.undo % imported.length, 1)
          await undo(undone!.id)
        }
      }
      expect(await checkBook(stage.store)).toEqual([])
      // Answers name rows, and a file that comes again has others.
      while (await retractOne(stage, steps.length));
      const incremental = await book(stage)
      expect(await checkBook(stage.store)).toEqual([])
      await empty(stage)
      for (const file of imported)
        await importStep(stage.store, file)
      expect(incremental).toEqual(await book(stage))
    }), { numRuns: sizeOf(backend.name === 'SQLite' ? 'HISTORIES' : 'HISTORIES_PG', backend.name === 'SQLite' ? 150 : 30), seed: SEED, examples: [[ZEROS_IN_DOUBT]] })
  })

  it('would be found wrong where a value is not what the rows say', async () => {
    await importRows(stage.store, [{ name: 'Rajesh Kumar', phone: '9812345678', loan_id: 'LN1', due_amount: '100' }])
    expect(await checkBook(stage.store)).toEqual([])
    await query(stage.backend, 'update loans set due_amount = 99')
    expect(await checkBook(stage.store)).toMatchObject([{ what: 'loan  LN1', stored: { dueAmount: 99 }, rows: { dueAmount: 10_000 } }])
  })
})
