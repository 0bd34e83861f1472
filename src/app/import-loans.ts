import type { LoanFile } from '../csv/loan-file.ts'
import type { SnapshotScope } from '../db/upload-store.ts'
import { dayOfDate, istDate, startOfIstDay } from '../domain/ist.ts'
import { VacliError } from '../errors.ts'
import { type ColumnMapping, mapWith } from '../domain/column-mapping.ts'
import type { DateOrder } from '../domain/loan-date.ts'
import { NO_MATCHES } from '../domain/match-counts.ts'
import { applyUpload } from './apply-upload.ts'
import { addWarning, type ImportReport, unchangedReport } from './import-report.ts'
import type { MatchPorts } from './match-rows.ts'
import { type RejectsOut, type StagedFile, stageFile, type StagePorts } from './stage-file.ts'
import { type Shrinkage, verifyShrinkage } from './verify-shrinkage.ts'

export interface ImportOptions {
  source: string
  operator: string
  asOf?: Date
  match: boolean
  force: boolean
  /** Any row that is rejected refuses the file. */
  strict: boolean
  /** The file is a snapshot, of the branches in it or of what is given. */
  snapshot: { scope: SnapshotScope | null } | null
  acceptShrink: boolean
  /** What a person says of the file's columns. */
  mapping: ColumnMapping
  dateOrder: DateOrder | null
  reason: string | null
}

/** An import of a file as it is, into the scope without a name. */
export const PLAIN_IMPORT = { source: '', match: true, force: false, strict: false, snapshot: null, acceptShrink: false, mapping: {}, dateOrder: null, reason: null } satisfies Omit<ImportOptions, 'operator'>

export interface ImportPorts extends MatchPorts, Pick<StagePorts, 'openRejects'> {
  /** Asks a person whether a file that would stop so many loans is meant so. Absent where nobody can be asked. */
  confirmShrinkage?: (shrinkage: Shrinkage) => Promise<boolean>
}

type Upload = Awaited<ReturnType<ImportPorts['store']['startUpload']>>

/**
 * Stages a whole file, lets the guards judge it, and only then changes customers and loans. The same bytes again change nothing;
 * an import that was cut off goes on where it stopped; a file that a guard refuses stays as a failed upload with its rows.
 */
export async function importLoans(ports: ImportPorts, file: LoanFile, options: ImportOptions): Promise<ImportReport> {
  const { store, now } = ports
  const earlier = await store.findUploadOfBytes(file.sha256, options.source)
  if (earlier?.status === 'completed' && !options.force && !isFirstAsSnapshot(earlier, options))
    return unchangedReport(earlier, file.name)

  const upload = earlier?.status === 'processing'
    ? earlier
    : await store.startUpload({ filename: file.name, sha256: file.sha256, source: options.source, uploadedBy: options.operator, dataDate: options.asOf ?? now(), createdAt: now(), reason: options.reason })
  const rejects: RejectsOut[] = []
  const openRejects = ports.openRejects && ((headers: string[], origin: string) => {
    const out = ports.openRejects!(headers, origin)
    rejects.push(out)
    return out
  })
  try {
    const staged = await stageFile({ ...ports, ...(openRejects && { openRejects }) }, file, upload, { map: mapWith(options.mapping), dateOrder: options.dateOrder, dataDate: istDate(upload.dataDate) })
    await file.verifyUnchanged()
    return await judgeAndApply(ports, upload, staged, options)
  }
  catch (error) {
    // What the file itself did wrong, or a person did not want, ends the upload; anything else leaves it to be taken up again.
    if (error instanceof VacliError && (error.code === 'invalid' || error.code === 'declined')) {
      rejects.forEach(out => out.discard())
      await store.finishUpload(upload.id, { status: 'failed', error: error.message, completedAt: now() })
    }
    throw error
  }
}

// The bytes may be known, but not that whoever they lack has paid.
function isFirstAsSnapshot(earlier: Upload, { snapshot }: ImportOptions): boolean {
  return snapshot !== null && earlier.snapshotScope === null
}

async function judgeAndApply(ports: ImportPorts, upload: Upload, staged: StagedFile, options: ImportOptions): Promise<ImportReport> {
  const { store } = ports
  const dataDate = dataDateOf(upload, staged, options)
  const scope = options.snapshot && snapshotScope(options.snapshot.scope, staged)
  const settings = { review_rows: staged.verdict.reviewRows, mapping: options.mapping, date_order: options.dateOrder }
  await store.finishStaging(upload.id, { totalRecords: staged.total, snapshotScope: scope, dataDate, settings })
  if (staged.verdict.stop)
    throw new VacliError('invalid', `${upload.filename}: ${staged.verdict.stop.message} (${staged.verdict.stop.code})`, { hint: staged.verdict.stop.hint })
  if (options.strict)
    verifyNoRejects(staged)
  const { unsure } = staged.branches
  if (scope && unsure.size > 0)
    addWarning(staged.remarks, { line: 1, code: 'SNAPSHOT_PARTIAL', message: `${[...unsure].map(branch => branch || 'the branch without a name').join(', ')}: a row there does not say whose loan it is, so nobody is taken to have paid; correct it and import the whole file again` })
  const shrinkage = scope && await verifyShrinkage(ports, { uploadId: upload.id, source: upload.source, scope }, options)
  const report = { id: upload.id, filename: upload.filename, sha256: upload.sha256, dataDate, rejectsFile: staged.rejectsFile, ...staged.remarks }
  await store.keepStaffPhones(upload.id, [...staged.verdict.staffNumbers])
  if (!options.match)
    return { ...report, status: 'processing', rows: await store.countRows(upload.id), counts: NO_MATCHES, snapshot: null }

  const { counts, remarks, absent } = await applyUpload(ports, { ...upload, settings, snapshotScope: scope })
  remarks.forEach(note => addWarning(staged.remarks, note))
  return { ...report, status: 'completed', rows: await store.countRows(upload.id), counts, snapshot: shrinkage && { covered: shrinkage.covered, absent } }
}

/** The day that a person gives, else the end of the day that the file gives, else the time of import. */
function dataDateOf({ dataDate }: Upload, staged: StagedFile, { asOf }: ImportOptions): Date {
  if (staged.dataDate === null)
    return asOf ?? dataDate
  const [start, end] = [startOfIstDay(dayOfDate(staged.dataDate)), startOfIstDay(dayOfDate(staged.dataDate) + 1)]
  if (asOf && (asOf < start || asOf >= end))
    addWarning(staged.remarks, { line: 1, code: 'DATA_DATE_DIFFERS', message: `the file says as on ${staged.dataDate}; --as-of was taken` })
  return asOf ?? new Date(Math.min(end.getTime() - 1, dataDate.getTime()))
}

function snapshotScope(asked: SnapshotScope | null, staged: StagedFile): SnapshotScope {
  if (staged.isCorrection)
    throw new VacliError('invalid', 'a file of corrected rejects names only those rows and is no snapshot', { hint: 'Import it without --snapshot.' })
  if (staged.total === 0)
    throw new VacliError('invalid', 'the file has a header and no rows; as a snapshot it would say that everybody has paid', { hint: 'Export the file again.' })
  return scopeOf(asked, staged)
}

/** The branches of the file, but for those of which a row could not be read far enough to say whose loan it is. */
function scopeOf(asked: SnapshotScope | null, { branches: { sure, unsure } }: StagedFile): SnapshotScope {
  if (asked && 'all' in asked)
    return unsure.size === 0 ? asked : { all: true, except: [...unsure] }
  const branches = asked?.branches ?? [...sure]
  return { branches: branches.filter(branch => !unsure.has(branch)) }
}

function verifyNoRejects({ remarks }: StagedFile) {
  const rejected = Object.values(remarks.rejectedByCode).reduce((sum, n) => sum + n, 0)
  if (rejected > 0)
    throw new VacliError('invalid', `${rejected} ${rejected === 1 ? 'row' : 'rows'} would be rejected, and --strict takes a file whole or not at all`, { hint: 'vacli list rows --status rejected shows them; drop --strict to import the others.' })
}
