import { createHome, type Home, type Row } from './run-vacli.ts'

export const HEADER = 'name,phone,loan_id,due_amount,due_date'

let serial = 10_000

/** One row under HEADER; what is not said is clean, and the phone is its own. */
export function row(loan: string, { name = 'Rajesh Kumar', phone = `98124${++serial}`, due = '1500', date = '25/10/2026' }: { name?: string, phone?: string, due?: string, date?: string } = {}): string {
  return [name, phone, loan, due, date].join(',')
}

export const rows = (loan: string, count: number, cells: (at: number) => Parameters<typeof row>[1] = () => ({})) => Array.from({ length: count }, (_, at) => row(`${loan}-${at + 1}`, cells(at)))
export const csv = (...lines: string[]) => [HEADER, ...lines, ''].join('\n')

/** A case of domain.md 5.3 that takes a whole file. */
export interface FileCase {
  name: string
  file: string
  bytes: string | Buffer
  /** Why nothing is imported: a part of the message, and of what the hint says. */
  stop?: [message: string, hint: string]
  /** Counts of rows that are not 0, and of the report's codes. */
  rows?: Record<string, number>
  codes?: Record<string, number>
  /** Parts of messages in the report. */
  says?: string[]
  /** Of a loan what `list loans` must say; null where there must be none. */
  loans?: Record<string, Row | null>
}

export interface Imported { code: number | null, errors: { code: string, message: string, hint: string }[], reports: Row[], loans: Map<unknown, Row>, home: Home }

/** Imports the files of all cases by one command. */
export async function importFiles(cases: FileCase[]): Promise<Imported> {
  const home = createHome()
  const { code, stdout, stderr } = await home.run(['import', '--json', ...cases.map(({ file, bytes }) => home.write(file, bytes))])
  const { data } = await home.json<{ data: Row[] }>('list loans --limit 0')
  return { code, errors: stderr.split('\n').filter(Boolean).map(line => (JSON.parse(line) as { error: Imported['errors'][number] }).error), home, reports: (JSON.parse(stdout) as { uploads: Row[] }).uploads, loans: new Map(data.map(loan => [loan.loan_id, loan])) }
}

/** What became of one file, as its case tells it: only the loans and fields that the case names. */
export function fateOf({ reports, loans }: Imported, { file, loans: wanted = {} }: FileCase) {
  const report = reports.find(({ filename }) => filename === file)
  const { total: _, ...counts } = (report?.rows ?? {}) as Record<string, number>
  return {
    status: report?.status,
    rows: Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    codes: { ...report?.rejected_by_code as object, ...report?.warnings_by_code as object },
    loans: Object.fromEntries(Object.entries(wanted).map(([id, fields]) => {
      const loan = loans.get(id.toUpperCase())
      return [id, loan && fields ? Object.fromEntries(Object.keys(fields).map(key => [key, loan[key]])) : loan ?? null]
    })),
  }
}

/** All sentences of a report. */
export function messagesOf({ reports }: Imported, file: string): string {
  const report = reports.find(({ filename }) => filename === file)
  return [...report?.rejects as Row[], ...report?.warnings as Row[]].map(({ line, message }) => `line ${line}: ${message}`).join('\n')
}
