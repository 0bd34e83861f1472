import { repairMojibake } from './mojibake.ts'

/** The fields vacli understands in a loan file; the guide's fifteen columns, an optional email and a second phone. */
export const FIELDS = ['name', 'phone', 'loan_id', 'amount', 'due_date', 'state', 'cluster', 'branch', 'branch_contact_number', 'employee', 'employee_id', 'employee_contact_number', 'last_paid_date', 'last_paid_amount', 'due_amount', 'email', 'alternate_phone'] as const
export type Field = (typeof FIELDS)[number]

export const REQUIRED_FIELDS = ['name', 'phone', 'loan_id'] as const satisfies readonly Field[]

const ALIASES: Record<Field, string[]> = {
  name: ['name', 'customer name', 'cust name', 'member name', 'borrower name', 'client name', 'applicant name', 'name of customer', 'party name', 'ग्राहक का नाम'],
  phone: ['phone', 'mobile', 'mobile no', 'mobile number', 'mob no', 'contact no', 'contact number', 'customer mobile', 'primary mobile', 'cell', 'ph no', 'phone no', 'phone number', 'मोबाइल', 'mobile 1', 'mobile no 1', 'mobile number 1', 'phone 1', 'phone no 1', 'contact no 1', 'contact 1'],
  loan_id: ['loan id', 'loan no', 'loan number', 'loan account no', 'loan a/c no', 'account no', 'a/c no', 'lan', 'agreement no', 'contract no', 'loan code'],
  amount: ['amount', 'emi', 'emi amount', 'instalment', 'installment amt', 'demand'],
  due_date: ['due date', 'emi date', 'demand date', 'installment date', 'next due date'],
  state: ['state', 'state name'],
  cluster: ['cluster', 'area', 'region', 'division', 'zone'],
  branch: ['branch', 'branch name', 'unit', 'branch code'],
  branch_contact_number: ['branch contact number', 'branch contact', 'branch contact no', 'branch mobile', 'branch mobile no', 'branch mobile number', 'branch phone', 'branch phone no', 'bm mobile', 'bm mobile no', 'bm contact no'],
  employee: ['employee', 'employee name', 'officer', 'fo name', 'cro', 'field officer', 'collection officer', 'ro name'],
  employee_id: ['employee id', 'emp id', 'emp code', 'staff id'],
  employee_contact_number: ['employee contact number', 'employee contact', 'employee contact no', 'employee mobile', 'employee mobile no', 'employee phone', 'fo mobile', 'fo mobile no', 'fo contact no', 'officer mobile', 'officer mobile no', 'officer contact no', 'staff mobile', 'staff contact no'],
  last_paid_date: ['last paid date', 'last payment date', 'last receipt date', 'lpd'],
  last_paid_amount: ['last paid amount', 'last paid amt', 'last collection amt'],
  due_amount: ['due amount', 'overdue', 'overdue amount', 'od amt', 'arrears', 'total due', 'outstanding due', 'pos overdue'],
  email: ['email', 'e-mail', 'email id', 'mail id'],
  alternate_phone: ['alternate phone', 'alternate', 'alternate no', 'alternate number', 'alternate mobile', 'alternate mobile no', 'alternate contact', 'alternate contact no', 'alt mobile', 'alt phone', 'alt no', 'secondary mobile', 'secondary phone', 'second mobile', 'mobile 2', 'mobile no 2', 'mobile no2', 'mobile number 2', 'phone 2', 'phone no 2', 'contact no 2', 'contact 2'],
}

const FIELD_OF = new Map(FIELDS.flatMap(field => ALIASES[field].map(alias => [headerKey(alias), field] as const)))

/** The keys of all headers that stand for a field. */
export function aliasKeys(field: Field): string[] {
  return ALIASES[field].map(headerKey)
}

/** Headers are compared without case, spaces, underscores, dots, slashes and invisible marks. */
export function headerKey(header: string): string {
  return (repairMojibake(header) ?? header).normalize('NFKC').toLowerCase().replace(/[\s_./\\\u00a0\u200b-\u200f\ufeff-]/g, '')
}

export interface ColumnMap {
  /** Where each field stands; undefined where the file has no such column. */
  positions: Partial<Record<Field, number>>
  missing: Field[]
  /** Headers that name a field already taken by an earlier column, and are not used. */
  repeated: string[]
  /** The header of a second phone of the borrower: kept, and not dialled. */
  alternate: string | null
  /** The due date is the next one: it may lie in the future. */
  hasNextDueDate: boolean
  /** Headers of the explicit mapping that the file does not have. */
  unmatched: string[]
}

/**
 * Finds the fields among a file's headers; an explicit mapping of headers goes before the known ones.
 * Headers it does not know stay in the raw row. A second phone is the alternate.
 */
export function mapColumns(headers: string[], explicit: ReadonlyMap<string, Field> = new Map()): ColumnMap {
  const wished = new Map([...explicit].map(([header, field]) => [headerKey(header), field]))
  const keys = headers.map(header => headerKey(header.replace(/ \(\d+\)$/, '')))
  const positions: Partial<Record<Field, number>> = {}
  const repeated: number[] = []
  const take = (field: Field | undefined, at: number) => {
    if (field !== undefined && positions[field] !== undefined)
      repeated.push(at)
    else if (field !== undefined)
      positions[field] = at
  }
  keys.forEach((key, at) => take(wished.get(key), at))
  keys.forEach((key, at) => take(wished.has(key) ? undefined : FIELD_OF.get(key), at))

  const second = repeated.find(at => (wished.get(keys[at]!) ?? FIELD_OF.get(keys[at]!)) === 'phone')
  if (second !== undefined)
    positions.alternate_phone ??= second
  return {
    positions,
    missing: REQUIRED_FIELDS.filter(field => positions[field] === undefined),
    repeated: repeated.filter(at => at !== positions.alternate_phone).map(at => headers[at]!),
    alternate: positions.alternate_phone === undefined ? null : headers[positions.alternate_phone]!,
    hasNextDueDate: positions.due_date !== undefined && keys[positions.due_date]!.startsWith('next'),
    unmatched: [...explicit.keys()].filter(header => !keys.includes(headerKey(header))),
  }
}

/** The headers as keys of a raw row: a blank one gets its place, a repeated one a number. */
export function distinctHeaders(cells: string[]): string[] {
  const taken = new Set<string>()
  const counts = new Map<string, number>()
  return cells.map((cell, at) => {
    const header = cell.trim() || `column ${at + 1}`
    let count = counts.get(header) ?? 0
    let key: string
    do
      key = ++count === 1 ? header : `${header} (${count})`
    while (taken.has(key))
    counts.set(header, count)
    taken.add(key)
    return key
  })
}
