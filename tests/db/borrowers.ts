import { randomUUID } from 'node:crypto'
import { applyUpload } from '../../src/app/apply-upload.ts'
import type { CallClaim, ClaimTerms } from '../../src/db/claim-store.ts'
import type { CallMove } from '../../src/db/move-store.ts'
import type { Store } from '../../src/db/store.ts'
import type { StagedValues } from '../../src/db/row-store.ts'
import type { NewUpload, SnapshotScope } from '../../src/db/upload-store.ts'
import { type Field, FIELDS, mapColumns } from '../../src/domain/columns.ts'
import { stageRow } from '../../src/domain/stage-row.ts'

/** Monday noon in India. */
export const NOW = new Date('2026-11-23T06:30:00.000Z')

export const minutesLater = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000)
export const daysLater = (days: number) => minutesLater(days * 24 * 60)

/** A row of a loan file, by the names of its columns. */
export type Row = Partial<Record<Field, string>>

export const ASHA: Row = { name: 'Asha Verma', phone: '9000000101', loan_id: 'LN1', amount: '250000', due_amount: '15000', due_date: '2026-11-01' }
export const ASHA_PHONE = '+919000000101'
export const BALA: Row = { name: 'Bala Nair', phone: '9000000102', loan_id: 'LN2', amount: '80000', due_amount: '4000', due_date: '2026-11-10' }
export const BALA_PHONE = '+919000000102'

export function newUpload(values: Partial<NewUpload> = {}): NewUpload {
  return { filename: 'loans.csv', sha256: 'aa11', source: '', uploadedBy: 'asha', dataDate: NOW, createdAt: NOW, ...values }
}

export function stagedRow(lineNumber: number, values: Partial<StagedValues> = {}): StagedValues {
  return { lineNumber, rawData: '{"name":"Asha Verma"}', rowFingerprint: `row${lineNumber}`, phoneNormalized: ASHA_PHONE, loanKey: `LN${lineNumber}`, loanValues: null, status: 'pending', code: null, message: null, ...values }
}

/** Stages rows as an import does, undecided. */
export async function stageRows(store: Store, rows: Row[], values: Partial<NewUpload> = {}) {
  const upload = await store.startUpload(newUpload(values))
  const sheet = { headers: [...FIELDS], columns: mapColumns([...FIELDS]) }
  await store.stageRows(upload.id, rows.map((row, at) => {
    const { reject: _, notes: __, review: ___, loan: ____, ...staged } = stageRow(FIELDS.map(field => row[field] ?? ''), sheet)
    return { ...staged, lineNumber: at + 2 }
  }))
  await store.finishStaging(upload.id, { totalRecords: rows.length })
  return upload
}

/** Stages rows and applies them. Returns the upload's id. */
export async function importRows(store: Store, rows: Row[], values: Partial<NewUpload> & { snapshotScope?: SnapshotScope } = {}): Promise<number> {
  const { snapshotScope = null, ...rest } = values
  const upload = await stageRows(store, rows, rest)
  const { createdAt } = newUpload(rest)
  await store.finishStaging(upload.id, { totalRecords: rows.length, snapshotScope })
  await applyUpload({ store, now: () => createdAt }, { ...upload, snapshotScope })
  return upload.id
}

/** The id of the customer of that name; ids differ from test to test. */
export async function customerId(store: Store, name: string): Promise<number> {
  const customers = await store.listCustomers({}, NOW, { limit: 0 })
  return customers.find(({ fullName }) => fullName === name)!.id
}

/** One claim with all that holds for it. */
export type OneClaim = CallClaim & ClaimTerms

/** A call to the customer's first loan, as the facts stand now. */
export async function claimFor(store: Store, id: number, values: Partial<OneClaim> = {}): Promise<OneClaim> {
  const now = values.now ?? NOW
  const [facts] = await store.readFacts([id], now)
  const [loan] = facts!.loans
  return {
    reference: randomUUID(),
    customerId: id,
    loanId: loan!.id,
    runId: null,
    uploadId: loan!.latestUploadId,
    rowId: loan!.latestRowId,
    toNumber: facts!.phone!,
    fromNumber: '08047100000',
    metadata: { operator: 'asha' },
    owner: 'host:1',
    leaseUntil: new Date(now.getTime() + 15_000),
    settleAt: new Date(now.getTime() + 600_000),
    phoneSeq: facts!.phoneSeq,
    now,
    epoch: (await store.readStanding()).epoch,
    slots: { concurrency: 1000, unknownSince: new Date(now.getTime() - 360_000) },
    ...values,
  }
}

/** Claims one phone; undefined where the call was not born. */
export async function claimOne(store: Store, claim: OneClaim): Promise<number | undefined> {
  const [born] = await store.claimCalls([claim], claim)
  return born?.id
}

/** Moves one call; true where that was up. */
export async function moveOne(store: Store, move: CallMove): Promise<boolean> {
  const [stands] = await store.moveCalls([move])
  return stands!.moved
}

/** Starts a call and returns its id. */
export async function startCall(store: Store, id: number, values: Partial<OneClaim> = {}): Promise<number> {
  const callId = await claimOne(store, await claimFor(store, id, values))
  if (callId === undefined)
    throw new Error('the call was not claimed')
  return callId
}
