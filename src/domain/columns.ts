/** The fields vacli understands in a loan file; the guide's fifteen columns and an optional email. */
export const FIELDS = ['name', 'phone', 'loan_id', 'amount', 'due_date', 'state', 'cluster', 'branch', 'branch_contact_number', 'employee', 'employee_id', 'employee_contact_number', 'last_paid_date', 'last_paid_amount', 'due_amount', 'email'] as const
export type Field = (typeof FIELDS)[number]

export const REQUIRED_FIELDS = ['name', 'phone', 'loan_id'] as const satisfies readonly Field[]

const ALIASES: Record<Field, string[]> = {
  name: ['name', 'customer name', 'cust name', 'member name', 'borrower name', 'client name', 'applicant name', 'name of customer', 'party name', 'ग्राहक का नाम'],
  phone: ['phone', 'mobile', 'mobile no', 'mobile number', 'mob no', 'contact no', 'contact number', 'customer mobile', 'primary mobile', 'cell', 'ph no', 'phone no', 'phone number', 'मोबाइल'],
  loan_id: ['loan id', 'loan no', 'loan number', 'loan account no', 'loan a/c no', 'account no', 'a/c no', 'lan', 'agreement no', 'contract no', 'loan code'],
  amount: ['amount', 'emi', 'emi amount', 'instalment', 'installment amt', 'demand'],
  due_date: ['due date', 'emi date', 'demand date', 'installment date', 'next due date'],
  state: ['state', 'state name'],
  cluster: ['cluster', 'area', 'region', 'division', 'zone'],
  branch: ['branch', 'branch name', 'unit', 'branch code'],
  branch_contact_number: ['branch contact number', 'branch contact', 'branch mobile', 'bm mobile'],
  employee: ['employee', 'employee name', 'officer', 'fo name', 'cro', 'field officer', 'collection officer', 'ro name'],
  employee_id: ['employee id', 'emp id', 'emp code', 'staff id'],
  employee_contact_number: ['employee contact number', 'fo mobile', 'officer mobile'],
  last_paid_date: ['last paid date', 'last payment date', 'last receipt date', 'lpd'],
  last_paid_amount: ['last paid amount', 'last paid amt', 'last collection amt'],
  due_amount: ['due amount', 'overdue', 'overdue amount', 'od amt', 'arrears', 'total due', 'outstanding due', 'pos overdue'],
  email: ['email', 'e-mail', 'email id', 'mail id'],
}

const FIELD_OF = new Map(FIELDS.flatMap(field => ALIASES[field].map(alias => [headerKey(alias), field] as const)))

/** Headers are compared without case, spaces, underscores, dots, slashes and invisible marks. */
export function headerKey(header: string): string {
  return header.normalize('NFKC').toLowerCase().replace(/[\s_./\\\u00a0\u200b-\u200f\ufeff-]/g, '')
}

export interface ColumnMap {
  /** Where each field stands; undefined where the file has no such column. */
  positions: Partial<Record<Field, number>>
  missing: Field[]
  /** Headers that name a field already taken by an earlier column. */
  repeated: string[]
}

/** Finds the fields among a file's headers. Headers it does not know stay in the raw row. */
export function mapColumns(headers: string[]): ColumnMap {
  const positions: Partial<Record<Field, number>> = {}
  const repeated: string[] = []
  headers.forEach((header, at) => {
    const field = FIELD_OF.get(headerKey(header.replace(/ \(\d+\)$/, '')))
    if (field && positions[field] !== undefined)
      repeated.push(header)
    else if (field)
      positions[field] = at
  })
  return { positions, missing: REQUIRED_FIELDS.filter(field => positions[field] === undefined), repeated }
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
