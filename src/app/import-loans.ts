import type { LoanFile } from '../csv/loan-file.ts'
import type { SnapshotScope } from '../db/upload-store.ts'
import { istDate } from '../domain/ist.ts'
import { VacliError } from '../errors.ts'
import { type ColumnMapping, mapWith } from '../domain/column-mapping.ts'
import type { DateOrder } from '../domain/loan-date.ts'
import { NO_MATCHES } from '../domain/match-counts.ts'
import { rejectOrigin } from '../domain/reject-columns.ts'
import { applyUpload } from './apply-upload.ts'
import { chooseDataDate, type DatePorts, type DateTerms } from './choose-data-date.ts'
import { finishApplying, isHalfApplied } from './finish-applying.ts'
import { addFirst, addWarning, type ImportReport, type Remark, unchangedReport } from './import-report.ts'
import { importedOtherwise } from './imported-otherwise.ts'
import type { MatchPorts } from './match-rows.ts'
import { findOlder, olderWarning, tellStillAbsent } from './older-file.ts'
import { type RejectsOut, type RejectsPlace, type StagedFile, stageFile } from './stage-file.ts'
import type { Reading } from './source-reading.ts'
import { underWay, withUnderWay } from './under-way.ts'
import { type Shrinkage, verifyShrinkage } from './verify-shrinkage.ts'

export interface ImportOptions extends DateTerms {
  source: string
  operator: string
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
  /** How its bytes are read, where somebody said it; kept with the upload. */
  format?: Pick<Reading, 'sheet' | 'encoding' | 'delimiter'>
  reason: string | null
}

/** An import of a file as it is, into the scope without a name. */
export const PLAIN_IMPORT = { source: '', match: true, force: false, strict: false, snapshot: null, acceptShrink: false, mapping: {}, dateOrder: null, reason: null } satisfies Omit<ImportOptions, 'operator'>

export interface ImportPorts extends MatchPorts, DatePorts {
  /** Finds a place for the rejects; of an import that is taken up again, the one that it had. Absent where none are to be written. */
  placeRejects?: (earlier: { absolute: string, origin: string, isComplete: boolean } | null) => RejectsPlace
  /** Asks a person whether a file that would stop so many loans is meant so. Absent where nobody can be asked. */
  confirmShrinkage?: (shrinkage: Shrinkage) => Promise<boolean>
  /** Hears at once of an upload that was cut off and is completed before this one: also where this one is refused afterwards. */
  onFinished?: (remark: Remark) => void
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
    return unchangedReport(earlier, file.name, importedOtherwise(earlier, options))

  const cutOff = earlier?.status === 'processing' ? earlier : null
  const finished = options.match ? await finishApplying(ports, cutOff?.id ?? null) : []
  finished.forEach(remark => ports.onFinished?.(remark))
  const { upload, rejects } = await beginUpload(ports, file, options, cutOff)
  // Once rows are applied only an undo takes them back: nothing that goes wrong then makes the upload a failed one.
  const mayFail = upload.appliedOrder === null
  try {
    const staged = await stageFile({ ...ports, rejects }, file, upload, { map: mapWith(options.mapping), dateOrder: options.dateOrder, dataDate: istDate(upload.dataDate) })
    addFirst(staged.remarks, finished)
    await file.verifyUnchanged()
    return await judgeAndApply(ports, upload, staged, options)
  }
  catch (error) {
    // What the file itself did wrong, or a person did not want, ends the upload; anything else leaves it to be taken up again.
    if (mayFail && error instanceof VacliError && (error.code === 'invalid' || error.code === 'declined')) {
      rejects?.discard()
      await store.finishUpload(upload.id, { status: 'failed', error: error.message, completedAt: now() })
    }
    throw error
  }
}

/** The upload that was cut off, else a new one, with the place of its rejects: that is kept with it before anything is written there. */
async function beginUpload({ store, placeRejects, now }: ImportPorts, { name, sha256 }: LoanFile, { source, operator, asOf, reason }: ImportOptions, cutOff: Upload | null) {
  const { rejects_file: had, rejects_complete: isComplete = false } = cutOff ? underWay(cutOff) : {}
  const place = placeRejects?.(cutOff && had ? { absolute: had, origin: rejectOrigin(cutOff), isComplete } : null)
  const settings = withUnderWay(cutOff ?? { settings: null }, place ? { rejects_file: place.absolute } : {})
  if (cutOff && place && place.absolute !== had)
    await store.keepSettings(cutOff.id, settings)
  const upload = cutOff ?? await store.startUpload({ filename: name, sha256, source, uploadedBy: operator, dataDate: asOf ?? now(), createdAt: now(), reason, settings })
  return { upload: { ...upload, settings }, rejects: place && onceOpened(place) }
}

/** The place, which also takes away what was opened there. */
function onceOpened(place: RejectsPlace): RejectsPlace & Pick<RejectsOut, 'discard'> {
  let out: RejectsOut | undefined
  return { ...place, open: (headers, origin) => out = place.open(headers, origin), discard: () => out?.discard() }
}

// The bytes may be known, but not that whoever they lack has paid.
function isFirstAsSnapshot(earlier: Upload, { source, snapshot }: ImportOptions): boolean {
  return snapshot !== null && earlier.snapshotScope === null && earlier.source === source
}

async function judgeAndApply(ports: ImportPorts, upload: Upload, staged: StagedFile, options: ImportOptions): Promise<ImportReport> {
  const { store } = ports
  // What was found good once is not asked about again: its rows are being applied.
  const terms = isHalfApplied(upload) ? { dataDate: upload.dataDate, scope: upload.snapshotScope as SnapshotScope | null, settings: upload.settings } : null
  const dataDate = terms?.dataDate ?? await chooseDataDate(ports, upload.filename, options, staged, options.asOf ?? upload.dataDate)
  const scope = terms?.scope ?? (options.snapshot && snapshotScope(options.snapshot.scope, staged))
  const settings = terms?.settings ?? settingsOf(upload, staged, options)
  await store.finishStaging(upload.id, { totalRecords: staged.total, snapshotScope: scope, dataDate, settings })
  if (!terms)
    verifyFile(upload, staged, options)
  warnOfUnsure(scope, staged)
  const older = await findOlder(store, { ...upload, dataDate })
  olderWarning(older).forEach(warning => addWarning(staged.remarks, warning))
  const covered = scope && await countCovered(ports, { ...upload, dataDate }, scope, terms?.scope ? null : options)
  const report = { id: upload.id, filename: upload.filename, sha256: upload.sha256, dataDate, rejectsFile: staged.rejectsFile, ...staged.remarks }
  await store.keepStaffPhones(upload.id, [...staged.verdict.staffNumbers])
  if (!options.match)
    return { ...report, status: 'processing', rows: await store.countRows(upload.id), counts: NO_MATCHES, snapshot: null }

  const { counts, remarks, absent } = await applyUpload(ports, { ...upload, dataDate, settings: withUnderWay({ settings }, { ...(covered !== null && { covered }), ...(older && { older }) }), snapshotScope: scope })
  const stillAbsent = await tellStillAbsent(store, { ...upload, dataDate })
  for (const remark of [...stillAbsent, ...remarks])
    addWarning(staged.remarks, remark)
  return { ...report, status: 'completed', rows: await store.countRows(upload.id), counts, snapshot: covered === null ? null : { covered, absent } }
}

/** How many loans a snapshot covers; `guard` are the terms on which it may pass, null where it has passed before. */
async function countCovered(ports: ImportPorts, upload: Upload, scope: SnapshotScope, guard: Pick<ImportOptions, 'acceptShrink'> | null): Promise<number> {
  const snapshot = { uploadId: upload.id, source: upload.source, scope, dataDate: upload.dataDate }
  const known = guard ? undefined : underWay(upload).covered
  return known ?? (await (guard ? verifyShrinkage(ports, snapshot, guard) : ports.store.countShrinkage(snapshot))).covered
}

function settingsOf(upload: Upload, { verdict, rejectsFile, remarks }: StagedFile, { mapping, dateOrder, format }: ImportOptions) {
  const isComplete = rejectsFile !== null && !remarks.warningsByCode.REJECTS_FILE
  return { review_rows: verdict.reviewRows, mapping, date_order: dateOrder, ...format, under_way: { ...underWay(upload), rejects_complete: isComplete } }
}

/** Refuses what only the whole file shows. */
function verifyFile({ filename }: Upload, staged: StagedFile, { strict }: ImportOptions) {
  const { stop } = staged.verdict
  if (stop)
    throw new VacliError('invalid', `${filename}: ${stop.message} (${stop.code})`, { hint: stop.hint })
  if (strict)
    verifyNoRejects(staged)
}

function warnOfUnsure(scope: SnapshotScope | null, { branches: { unsure }, remarks }: StagedFile) {
  if (scope && unsure.size > 0)
    addWarning(remarks, { line: null, code: 'SNAPSHOT_PARTIAL', message: `${[...unsure].map(branch => branch || 'the branch without a name').join(', ')}: a row there does not say whose loan it is, so nobody is taken to have paid; correct it and import the whole file again` })
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
