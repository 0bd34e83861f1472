import type { BlockedPhones } from '../../app/blocked-phones.ts'
import { EXAMPLES, type ImportReport, LISTED, type Remark } from '../../app/import-report.ts'
import type { Context } from '../../context.ts'
import { REJECT_FIXES, type RejectCode } from '../../domain/reject-fixes.ts'
import { emitJson } from '../../ui/emit.ts'
import { count, maskPhone, maskPhones, plural, rfc3339 } from '../../ui/format.ts'
import { plainText } from '../../ui/plain-text.ts'
import { answerIo } from '../answer.ts'

/** Says what became of every file and every row. */
export function answerImports(context: Context, reports: ImportReport[], dryRun: boolean) {
  const { flags } = context
  const io = answerIo(context)
  if (flags.json)
    return emitJson(io, { uploads: reports.map(report => importJson(report, dryRun)) })
  if (flags.quiet && reports.every(({ rows }) => rows.rejected === 0))
    return
  for (const report of reports)
    io.out(importText(report))
  if (dryRun)
    return context.io.err('a dry run: nothing was written\n')
  if (reports.some(({ status }) => status !== 'unchanged') && !flags.quiet)
    context.io.err(reports.some(({ status }) => status === 'processing') ? 'next: vacli match\n' : 'next: vacli list --status ready\n')
}

function importJson(report: ImportReport, dryRun: boolean): Record<string, unknown> {
  const { rows, counts, blocked = [] } = report
  return {
    id: report.id,
    filename: report.filename,
    sha256: report.sha256,
    status: report.status,
    dry_run: dryRun,
    rows: { total: total(report), created: rows.created, matched: rows.matched, review: rows.review, rejected: rows.rejected, skipped: rows.skipped, pending: rows.pending },
    customers: { created: counts.customersCreated, updated: counts.customersUpdated },
    loans: { created: counts.loansCreated, updated: counts.loansUpdated, unchanged: counts.loansUnchanged, amount_changed: counts.amountsChanged, other_changed: otherChanges(counts), paid_down: counts.paidDown, phone_changed: counts.phonesChanged, absent: report.snapshot?.absent ?? 0 },
    data_date: report.dataDate && rfc3339(report.dataDate),
    rejects: report.rejects.slice(0, LISTED),
    rejected_by_code: report.rejectedByCode,
    reject_fixes: Object.fromEntries(Object.keys(report.rejectedByCode).map(code => [code, REJECT_FIXES[code as RejectCode]])),
    warnings: [...blocked.map(blockedWarning), ...report.warnings].slice(0, LISTED),
    warnings_by_code: { ...blockedByCode(blocked), ...report.warningsByCode },
    blocked_phones: blocked.map(({ ofOtherFiles, ...phones }) => ({ ...phones, of_other_files: ofOtherFiles })),
    reviews: report.questions ?? 0,
    rejects_file: report.rejectsFile,
  }
}

export function importText(report: ImportReport): string {
  const name = plainText(report.filename)
  if (report.status === 'unchanged')
    return [`${name}: already imported as upload ${report.id}; nothing changed`, ...remarkLines('noted', report.warningsByCode, report.warnings), ''].join('\n')
  const { rows, counts } = report
  const states = (['created', 'matched', 'review', 'rejected', 'skipped', 'pending'] as const).filter(state => rows[state] > 0 || state === 'created').map(state => `${count(rows[state])} ${state}`)
  return [
    `${name}: upload ${report.id}, ${plural(total(report), 'row')}: ${states.join(', ')}`,
    `  customers: ${count(counts.customersCreated)} new, ${count(counts.customersUpdated)} changed; loans: ${count(counts.loansCreated)} new, ${count(counts.loansUpdated)} changed`,
    ...differenceLines(report),
    ...remarkLines('rejected', report.rejectedByCode, report.rejects, code => [`    fix: ${REJECT_FIXES[code]}`]),
    ...(report.rejectsFile ? [`  rejected rows: ${plainText(report.rejectsFile)}; correct them there and import that file`] : []),
    ...remarkLines('noted', report.warningsByCode, report.warnings),
    ...(report.blocked ?? []).flatMap(blockedLines),
    ...(report.questions ? [`  to decide: ${plural(report.questions, 'question')}; vacli match review`] : []),
    '',
  ].join('\n')
}

/** Loans of which something else than an amount is different. */
function otherChanges({ loansUpdated, amountsChanged }: ImportReport['counts']): number {
  return loansUpdated - amountsChanged
}

/** What is different from what was known. */
function differenceLines({ counts, snapshot }: ImportReport): string[] {
  const known = counts.loansUpdated + counts.loansUnchanged + counts.phonesOnly
  return [
    ...(known > 0 || snapshot ? [`  since the last file: ${count(counts.loansCreated)} new, ${count(counts.loansUnchanged)} unchanged, ${count(counts.amountsChanged)} with another amount (${count(counts.paidDown)} paid down), ${count(otherChanges(counts))} with other changes, ${count(counts.phonesOnly)} with another phone alone`] : []),
    ...(snapshot ? [`  snapshot: ${plural(snapshot.absent, 'loan')} of ${count(snapshot.covered)} no longer in it; not called until a file names them again`] : []),
  ]
}

const WHY_BLOCKED = { STAFF_PHONE: 'numbers of staff or branches', PHONE_SHARED: 'shared by more than a person has allowed' }

function blockedText({ code, borrowers, phones, ofOtherFiles }: BlockedPhones): string {
  return `${plural(borrowers, 'borrower')}${ofOtherFiles ? ' of other files' : ''} on ${plural(phones, 'phone')}: ${WHY_BLOCKED[code]}${ofOtherFiles ? ', as this file is the first to say' : ''}`
}

function blockedByCode(blocked: BlockedPhones[]): Record<string, number> {
  const byCode: Record<string, number> = {}
  for (const { code, borrowers } of blocked)
    byCode[code] = (byCode[code] ?? 0) + borrowers
  return byCode
}

function blockedFix({ code }: BlockedPhones): string {
  return `vacli list --blocked-by ${code} shows them; vacli match decide <phone> accept lets those on a phone be called`
}

// It is about the file; the lines stand with the phones.
function blockedWarning(blocked: BlockedPhones): Remark {
  const examples = blocked.examples.map(({ phone, borrowers }) => `${phone} of ${borrowers}`).join(', ')
  return { line: null, code: blocked.code, message: `not called, ${blockedText(blocked)} (${examples}); ${blockedFix(blocked)}` }
}

function blockedLines(blocked: BlockedPhones): string[] {
  return [
    `  not called: ${blocked.code}, ${blockedText(blocked)}`,
    ...blocked.examples.map(({ phone, borrowers, line }) => `    ${line === null ? '' : `line ${line}: `}${maskPhone(phone)}, ${plural(borrowers, 'borrower')}`),
    `    fix: ${blockedFix(blocked)}`,
  ]
}

/** A group for each code: how many rows, the first few of them, and what to do about all. What is said of the file as a whole stands before them. */
function remarkLines<Code extends string>(word: string, byCode: Partial<Record<Code, number>>, remarks: { line: number | null, code: Code, message: string }[], fixLines: (code: Code) => string[] = () => []): string[] {
  return (Object.entries(byCode) as [Code, number][]).flatMap(([code, n]) => {
    const own = remarks.filter(remark => remark.code === code)
    const ofFile = own.filter(({ line }) => line === null)
    const rows = n - ofFile.length
    return [
      `  ${word}: ${code}${rows === 0 ? '' : `, ${plural(rows, 'row')}`}`,
      ...ofFile.map(({ message }) => `    ${shown(message)}`),
      ...own.filter(({ line }) => line !== null).slice(0, EXAMPLES).map(({ line, message }) => `    line ${line}: ${shown(message)}`),
      ...fixLines(code),
    ]
  })
}

const shown = (message: string) => maskPhones(plainText(message))

const total = ({ rows }: ImportReport) => Object.values(rows).reduce((sum, n) => sum + n, 0)
