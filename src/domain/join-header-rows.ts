import type { ColumnMap, Field } from './columns.ts'

const OF_THE_BORROWER = /^(?:customer|borrower|member|client|applicant|loan)\b/i
const OTHERS = /^(?:branch|employee|staff|officer|field officer|fo|cro|ro|guarantor|nominee|co-?(?:borrower|applicant)|reference|alternate|spouse|husband|father)s?(?: (?:details?|info|information|contact))?$/i
// A group above says whose name or phone it is; a loan's number or date is the loan's under any group.
const WHOSE: ReadonlySet<Field> = new Set(['name', 'phone', 'email', 'employee', 'employee_id', 'employee_contact_number', 'branch_contact_number'])

/**
 * The headers of a table whose header lies over two rows: `Branch` over `Name` and `Contact No` is `Branch Name` and `Branch Contact No`.
 * A group goes on to the right until the next one. A phone under a group is only the borrower's where the group is.
 */
export function joinHeaderRows(upper: string[], lower: string[], map: (headers: string[]) => ColumnMap): string[] {
  let group = ''
  return Array.from({ length: Math.max(upper.length, lower.length) }, (_, at) => {
    const above = clean(upper[at])
    const below = clean(lower[at])
    group = above || group
    if (!below)
      return above
    const whole = group ? `${group} ${below}` : below
    const alone = fieldOf(below, map)
    const standsAlone = alone !== undefined && fieldOf(whole, map) === undefined && (OF_THE_BORROWER.test(group) || !WHOSE.has(alone))
    return standsAlone ? below : whole
  })
}

/**
 * Whether a group above says that the column taken for the borrower's name or phone is somebody else's.
 * A word alone is no group: `Branch` beside `Jayanagar` is a title. A group spans columns, or stands beside other groups.
 */
export function standsUnderOthers(upper: string[], { positions }: ColumnMap): boolean {
  const groups = upper.map(clean)
  const isGroupRow = groups.filter(group => OTHERS.test(group) || OF_THE_BORROWER.test(group)).length > 1
  return (['name', 'phone'] as const).some((field) => {
    const at = positions[field] ?? -1
    const start = groups.slice(0, at + 1).findLastIndex(Boolean)
    return start >= 0 && OTHERS.test(groups[start]!) && (isGroupRow || start < at || groups[start + 1] === '')
  })
}

function fieldOf(header: string, map: (headers: string[]) => ColumnMap): Field | undefined {
  return Object.keys(map([header]).positions)[0] as Field | undefined
}

const clean = (cell: string | undefined) => (cell ?? '').replace(/\s+/g, ' ').trim()
