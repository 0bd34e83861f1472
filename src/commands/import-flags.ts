import type { ImportOptions } from '../app/import-loans.ts'
import type { Reading } from '../app/source-reading.ts'
import type { SnapshotScope } from '../db/upload-store.ts'
import { branchKey } from '../domain/branch-key.ts'
import { parseMapping } from '../domain/column-mapping.ts'
import { DATE_ORDERS } from '../domain/loan-date.ts'
import { FIELDS } from '../domain/columns.ts'
import { parseWhen } from '../domain/when.ts'
import { VacliError } from '../errors.ts'

/** The flags of `import`, as they were typed. */
export interface ImportFlags {
  match: boolean
  dryRun?: boolean
  source?: string
  map?: string[]
  sheet?: string
  encoding?: string
  delimiter?: string
  dateOrder?: string
  rejects?: string
  asOf?: string
  acceptAsOf?: boolean
  snapshot?: boolean
  scope?: string
  acceptShrink?: boolean
  reason?: string
  strict?: boolean
  force?: boolean
}

export interface ReadImport extends Omit<ImportOptions, 'operator' | 'source' | 'mapping' | 'dateOrder'> {
  dryRun: boolean
  /** Null where no flag names it. */
  source: string | null
  /** How the file is read, as far as flags say. */
  reading: Reading
  rejects: string | null
}

/** Reads the flags; a contradiction among them is told before a file is opened. */
export function readImportFlags(flags: ImportFlags, now: Date): ReadImport {
  const { match, dryRun = false, source, acceptAsOf = false, acceptShrink = false, reason, strict = false, force = false } = flags
  if (flags.scope !== undefined && !flags.snapshot)
    throw new VacliError('invalid', '--scope says what a snapshot covers, and the file is not imported as one', { hint: 'Add --snapshot, or leave --scope out.' })
  if (acceptShrink && !reason?.trim())
    throw new VacliError('invalid', '--accept-shrink needs a reason', { hint: '--accept-shrink --reason "the branch was closed"' })
  const asOf = readAsOf(flags.asOf, now)
  if (acceptAsOf && !asOf)
    throw new VacliError('invalid', '--accept-as-of says that --as-of holds, and no --as-of is given', { hint: '--as-of 2026-11-21 --accept-as-of' })
  if (flags.rejects !== undefined && flags.rejects.trim() === '')
    throw new VacliError('invalid', '--rejects names no file', { hint: '--rejects loans.rejects.csv' })
  return { reading: readReading(flags), rejects: flags.rejects ?? null, match, dryRun, source: source?.trim() ?? null, acceptAsOf, acceptShrink, reason: reason?.trim() || null, strict, force, ...(asOf ? { asOf } : {}), snapshot: flags.snapshot ? { scope: readScope(flags.scope) } : null }
}

function readReading({ map, sheet, encoding, delimiter, dateOrder }: ImportFlags): Reading {
  const order = dateOrder === undefined ? undefined : DATE_ORDERS.find(one => one === dateOrder.toLowerCase())
  if (dateOrder !== undefined && !order)
    throw new VacliError('invalid', `--date-order cannot be "${dateOrder}"`, { hint: `One of ${DATE_ORDERS.join(', ')}: --date-order dmy` })
  const mapping = map?.map((text) => {
    const entry = parseMapping(text)
    if (!entry)
      throw new VacliError('invalid', `--map cannot be "${text}"`, { hint: `--map "Cell No=phone"; the fields are ${FIELDS.join(', ')}` })
    return entry
  })
  return { ...(mapping ? { mapping: Object.fromEntries(mapping) } : {}), ...(sheet === undefined ? {} : { sheet }), ...(encoding === undefined ? {} : { encoding }), ...(delimiter === undefined ? {} : { delimiter }), ...(order ? { dateOrder: order } : {}) }
}

/** `all`, or `branch=Gaya,Patna`; null for the branches in the file. */
function readScope(text: string | undefined): SnapshotScope | null {
  if (text === undefined)
    return null
  if (text.trim().toLowerCase() === 'all')
    return { all: true }
  const [, names] = /^branch(?:es)?=(.+)$/i.exec(text.trim()) ?? []
  const branches = (names ?? '').split(',').map(branchKey).filter(Boolean)
  if (branches.length === 0)
    throw new VacliError('invalid', `--scope cannot be "${text}"`, { hint: '--scope all, or --scope "branch=Gaya,Patna"' })
  return { branches }
}

function readAsOf(text: string | undefined, now: Date): Date | undefined {
  const asOf = text === undefined ? undefined : parseWhen(text, now)
  if (text !== undefined && (!asOf || asOf > now))
    throw new VacliError('invalid', `--as-of cannot be "${text}"`, { hint: 'It takes the date of the data, today or earlier: --as-of 2026-11-21' })
  return asOf
}
