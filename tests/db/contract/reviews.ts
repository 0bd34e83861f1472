import { describe, expect, it } from 'vitest'
import { checkBook } from '../../../src/app/check-book.ts'
import { decideReview, decideRow, finishDecisions, undoDecision, undoRowAnswer } from '../../../src/app/decide-review.ts'
import { readReviews } from '../../../src/app/read-reviews.ts'
import type { Store } from '../../../src/db/store.ts'
import { ASHA, ASHA_PHONE, customerId, importRows, minutesLater, NOW, type Row } from '../borrowers.ts'
import type { Stage } from '../open-stores.ts'

const POOJA: Row = { ...ASHA, name: 'Pooja Sharma' }
const PUJA: Row = { ...ASHA, name: 'Puja Sharma', loan_id: 'LN2' }
const ALL = { limit: 0 }
const people = async (store: Store) => (await store.listCustomers({ sort: 'id' }, NOW, ALL)).map(({ fullName, loans, status }) => [fullName, Number(loans), status])
const kinds = async (store: Store) => (await readReviews(store, {}, ALL)).reviews.map(({ kind }) => kind)
const ports = (store: Store) => ({ store, now: () => minutesLater(5) })
const onlyReview = async (store: Store) => {
  const { reviews: [review], total } = await readReviews(store, {}, ALL)
  expect(total).toBe(1)
  return review!
}

export function reviewContract(stage: Stage) {
  describe('questions about two borrowers', () => {
    it('are kept with both sides, block nobody where they are merely likely one, and are merged by a person and taken apart again', async () => {
      const { store } = stage
      await importRows(store, [POOJA])
      const second = await importRows(store, [PUJA])
      const review = await onlyReview(store)
      const [pooja, puja] = [await customerId(store, 'Pooja Sharma'), await customerId(store, 'Puja Sharma')]
      expect(review).toMatchObject({ kind: 'POSSIBLE_SAME', rule: 'phone+spelling', score: expect.closeTo(0.97, 1), sides: expect.arrayContaining([expect.objectContaining({ customerId: puja, phone: ASHA_PHONE, rows: [{ uploadId: second, line: 2 }], loans: [expect.objectContaining({ loanId: 'LN2' })] })]) })
      expect((await store.readFacts([pooja, puja], NOW)).map(({ isAsked, loans }) => [isAsked, loans[0]!.inReview])).toEqual([[false, false], [false, false]])

      const merge = await decideReview(ports(store), Number(review.id), 'merge', 'meera')
      expect(await people(store)).toEqual([['Puja Sharma', 2, expect.any(String)]])
      expect(await kinds(store)).toEqual([])
      expect(await store.findDecisionOn(Number(review.id))).toMatchObject({ id: merge, decidedBy: 'meera' })
      expect(await store.findDecision(merge)).toMatchObject({ verdict: 'merge', kind: 'POSSIBLE_SAME', rule: 'phone+spelling', decidedBy: 'meera', decidedAt: minutesLater(5), undoneAt: null })
      expect(await checkBook(store)).toEqual([])

      await undoDecision(ports(store), merge, 'ravi')
      expect(await people(store)).toEqual([['Pooja Sharma', 1, expect.any(String)], ['Puja Sharma', 1, expect.any(String)]])
      expect(await kinds(store)).toEqual(['POSSIBLE_SAME'])
      expect([await customerId(store, 'Pooja Sharma'), await customerId(store, 'Puja Sharma')]).toEqual([pooja, puja])
      expect(await store.findDecision(merge)).toMatchObject({ undoneBy: 'ravi' })
      await expect(undoDecision(ports(store), merge, 'ravi')).rejects.toThrow('taken back already')
      expect(await checkBook(store)).toEqual([])
    })

    it.each([['merge', 1], ['apart', 2]] as const)('are not asked again after "%s", also about later rows', async (verdict, customers) => {
      const { store } = stage
      await importRows(store, [POOJA, PUJA])
      await decideReview(ports(store), Number((await onlyReview(store)).id), verdict, 'meera')
      await importRows(store, [{ ...PUJA, loan_id: 'LN5' }, { ...POOJA, loan_id: 'LN6' }, { ...POOJA, name: 'SHARMA POOJA', loan_id: 'LN7' }], { sha256: 'bb22' })
      expect(await kinds(store)).toEqual([])
      expect(await people(store)).toHaveLength(customers)
      expect(await store.findDecisionsAbout((await store.findDecisions()).flatMap(({ a, b }) => [a, b]))).toHaveLength(1)
      expect(await checkBook(store)).toEqual([])
    })

    it('block both where a person must say who is meant, and block nobody afterwards', async () => {
      const { store } = stage
      await importRows(store, [{ ...ASHA, name: 'Late Ram Prasad' }, { ...ASHA, name: 'Ram Prasad', loan_id: 'LN2' }])
      const review = await onlyReview(store)
      expect(review.kind).toBe('DECEASED_DIFFERS')
      const ids = [await customerId(store, 'Late Ram Prasad'), await customerId(store, 'Ram Prasad')]
      expect((await store.readFacts(ids, NOW)).map(({ isAsked }) => isAsked)).toEqual([true, true])
      await decideReview(ports(store), Number(review.id), 'apart', 'meera')
      expect((await store.readFacts(ids, NOW)).map(({ isAsked, loans }) => [isAsked, loans[0]!.inReview])).toEqual([[false, false], [false, false]])
    })

    it('are about a row alone where it names a loan of another, and end with a later row that fits', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      await importRows(store, [{ ...ASHA, name: 'Vikas Singh', phone: '9000000109' }])
      const review = await onlyReview(store)
      expect(review).toMatchObject({ kind: 'LOAN_NAME_CONFLICT', loanId: 'LN1', sides: [{ fullName: 'Asha Verma' }, { customerId: null, fullName: 'Vikas Singh', phone: '+919000000109' }] })
      const [facts] = await store.readFacts([await customerId(store, 'Asha Verma')], NOW)
      expect([facts!.isAsked, facts!.loans[0]!.inReview]).toEqual([true, true])
      await importRows(store, [ASHA], { sha256: 'cc33' })
      expect(await kinds(store)).toEqual([])
      expect(await checkBook(store)).toEqual([])
    })

    it('are answered about a row alone', async () => {
      const { store } = stage
      await importRows(store, [ASHA])
      await importRows(store, [{ ...ASHA, name: 'Vikas Singh', phone: '9000000109' }])
      await decideReview(ports(store), Number((await onlyReview(store)).id), 'merge', 'meera')
      expect(await people(store)).toEqual([['Vikas Singh', 1, expect.any(String)]])
      expect(await checkBook(store)).toEqual([])
    })

    it('give each his number back after a merge that kept the second one\'s', async () => {
      const { store } = stage
      const [rajesh, rakesh]: Row[] = [{ ...ASHA, name: 'Rajesh Kumar' }, { ...ASHA, name: 'Rakesh Kumar', phone: '9000000109', loan_id: 'LN2' }]
      await importRows(store, [rajesh!, rakesh!])
      await importRows(store, [{ ...rakesh!, loan_id: 'LN1' }], { sha256: 'bb22' })
      const before = await store.listCustomers({ sort: 'id' }, NOW, ALL)
      const review = await onlyReview(store)
      const merge = await decideReview(ports(store), Number(review.id), 'merge', 'meera')
      expect(await people(store)).toHaveLength(1)
      await undoDecision(ports(store), merge, 'meera')
      const after = await store.listCustomers({ sort: 'id' }, NOW, ALL)
      expect(after.map(({ id, fullName, primaryPhone }) => [id, fullName, primaryPhone])).toEqual(before.map(({ id, fullName, primaryPhone }) => [id, fullName, primaryPhone]))
    })

    it('keep an answer that was cut off, and carry it out later', async () => {
      const { store } = stage
      await importRows(store, [POOJA, PUJA])
      const review = await store.findReview(Number((await onlyReview(store)).id))
      const { identityA: a, identityB: b, kind, rule, score, customerA, customerB } = review!
      await store.decidePair({ a, b, keys: [ASHA_PHONE, ASHA_PHONE], verdict: 'merge', kind, rule, score, by: 'meera', at: NOW }, [customerA, customerB!])
      expect(await people(store)).toHaveLength(2)
      expect([await finishDecisions({ store }), await finishDecisions({ store })]).toEqual([1, 0])
      expect(await people(store)).toHaveLength(1)
    })
  })

  describe('doubts about a row', () => {
    it('of which one is true end with the one that is accepted', async () => {
      const { store } = stage
      await importRows(store, [ASHA, { ...ASHA, due_amount: '16000' }])
      const { reviews } = await readReviews(store, {}, ALL)
      expect(reviews.map(({ id, kind, loanId }) => [id[0], kind, loanId])).toEqual([['r', 'LOAN_TWICE', 'LN1'], ['r', 'LOAN_TWICE', 'LN1']])
      const [, second] = reviews.map(({ id }) => Number(id.slice(1)))
      expect(await store.findRow(second!)).toMatchObject({ code: 'LOAN_TWICE', loanKey: 'LN1' })
      await decideRow(ports(store), second!, { code: 'LOAN_TWICE', answer: 'accept', field: null, value: null }, 'meera')
      expect(await store.listLoans({}, NOW, ALL)).toMatchObject([{ loanId: 'LN1', dueAmount: 1_600_000 }])
      expect((await store.listRows({}, ALL)).map(({ row: { status } }) => status)).toEqual(['rejected', 'created'])
      expect(await kinds(store)).toEqual([])
      expect(await checkBook(store)).toEqual([])
    })

    it('of glued numbers end with the number that a person gives, also in later files', async () => {
      const { store } = stage
      const glued: Row = { ...ASHA, phone: '90000001019000000102' }
      await importRows(store, [glued])
      const review = await onlyReview(store)
      expect(review).toMatchObject({ kind: 'PHONE_GLUED', sides: [{ fullName: 'Asha Verma', phone: null }] })
      await decideRow(ports(store), Number(review.id.slice(1)), { code: 'PHONE_GLUED', answer: 'set', field: 'phone', value: '9000000102' }, 'meera')
      await importRows(store, [{ ...glued, due_amount: '9' }], { sha256: 'cc33' })
      expect(await kinds(store)).toEqual([])
      expect((await store.listCustomers({}, NOW, ALL)).map(({ primaryPhone }) => primaryPhone)).toEqual(['+919000000102'])
      expect(await checkBook(store)).toEqual([])
    })

    it.each([
      ['phone', '0522-2612345', 'is a landline and is not dialled'], ['phone', '9999999999', 'is a filler'], ['phone', '90000001019000000102', 'is not one phone number'], ['phone', null, 'is not one phone number'],
      ['loan_id', ' ', 'is no loan id'], ['full_name', 'Asha', 'cannot be set'], [null, '9000000102', 'cannot be set'],
    ])('take no %s "%s", whoever asks: rows could not be read with it again', async (field, value, problem) => {
      const { store } = stage
      await importRows(store, [{ ...ASHA, phone: '90000001019000000102' }])
      const rowId = Number((await onlyReview(store)).id.slice(1))
      await expect(decideRow(ports(store), rowId, { code: 'PHONE_GLUED', answer: 'set', field, value }, 'meera')).rejects.toThrow(problem)
      expect(await store.findRowAnswers()).toEqual([])
      await importRows(store, [{ ...ASHA, loan_id: 'LN2' }], { sha256: 'cc33' })
      expect(await kinds(store)).toEqual(['PHONE_GLUED'])
    })

    it('keep a phone that is typed as it is called', async () => {
      const { store } = stage
      await importRows(store, [{ ...ASHA, phone: '90000001019000000102' }])
      await decideRow(ports(store), Number((await onlyReview(store)).id.slice(1)), { code: 'PHONE_GLUED', answer: 'set', field: 'phone', value: ' 090000-00102 ' }, 'meera')
      expect(await store.findRowAnswers()).toMatchObject([{ value: '+919000000102' }])
    })

    it('are open again once the answer is taken back, also where its process was cut off', async () => {
      const { store } = stage
      await importRows(store, [ASHA, { ...ASHA, due_amount: '16000' }])
      const [first] = (await readReviews(store, {}, ALL)).reviews
      const rowId = Number(first!.id.slice(1))
      const answer = { code: 'LOAN_TWICE', answer: 'reject', field: null, value: null } as const
      const id = await decideRow(ports(store), rowId, answer, 'meera')
      expect(await store.undoRowAnswer(id, { by: 'ravi', at: minutesLater(6) }, { customerIds: [], loanKeys: ['LN1'] })).toBe(true)
      expect([await kinds(store), await finishDecisions({ store }), await kinds(store)]).toEqual([[], 1, ['LOAN_TWICE', 'LOAN_TWICE']])
      await expect(undoRowAnswer(ports(store), { id, rowId }, 'ravi')).rejects.toThrow('was taken back already')
      expect(await store.findAnswersTo(rowId)).toMatchObject([{ answer: 'reject', decidedBy: 'meera', undoneBy: 'ravi', undoneAt: minutesLater(6) }])
      expect((await store.findAnswersAbout(await customerId(store, 'Asha Verma'))).map(({ rowId: of }) => of)).toEqual([rowId])
      expect(await checkBook(store)).toEqual([])
    })

    it.each([['accept', 2], ['reject', 1]] as const)('of an id with other zeros: "%s" leaves %i loans', async (answer, loans) => {
      const { store } = stage
      await importRows(store, [{ ...ASHA, loan_id: '000123' }])
      await importRows(store, [{ ...ASHA, loan_id: '123', due_amount: '7' }])
      const review = await onlyReview(store)
      await decideRow(ports(store), Number(review.id.slice(1)), { code: 'LOAN_ID_ZEROS', answer, field: null, value: null }, 'meera')
      expect(await store.countLoans({}, NOW)).toBe(loans)
      expect(await kinds(store)).toEqual([])
      expect((await store.readFacts([await customerId(store, 'Asha Verma')], NOW))[0]!.loans.map(({ inReview }) => inReview)).toEqual(Array(loans).fill(false))
      expect(await checkBook(store)).toEqual([])
    })
  })
}
