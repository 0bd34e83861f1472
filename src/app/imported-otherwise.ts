import type { SnapshotScope } from '../db/upload-store.ts'
import type { ColumnMapping } from '../domain/column-mapping.ts'
import { istDate } from '../domain/ist.ts'
import type { ImportOptions } from './import-loans.ts'

interface EarlierUpload { dataDate: Date, settings: unknown, snapshotScope: unknown }

/** How the same bytes were imported, as far as that is not how they are to be imported now; undefined where nothing differs. */
export function importedOtherwise(earlier: EarlierUpload, options: ImportOptions): string | undefined {
  const then = (earlier.settings ?? {}) as { mapping?: ColumnMapping, date_order?: string | null, sheet?: string, encoding?: string, delimiter?: string }
  const { asOf, mapping, dateOrder, format = {}, snapshot } = options
  const scope = earlier.snapshotScope as SnapshotScope | null
  const named = (flag: string, value: string | undefined) => value === undefined ? `without --${flag}` : `with --${flag} ${value}`
  const ways = [
    asOf && istDate(asOf) !== istDate(earlier.dataDate) && `with the data date ${istDate(earlier.dataDate)}`,
    mapText(mapping) !== mapText(then.mapping) && named('map', mapText(then.mapping)),
    (dateOrder ?? 'dmy') !== (then.date_order ?? 'dmy') && named('date-order', then.date_order ?? undefined),
    ...(['sheet', 'encoding', 'delimiter'] as const).map(flag => format[flag] !== then[flag] && named(flag, then[flag])),
    isOtherScope(snapshot, scope) && (scope ? `as a snapshot of ${scopeText(scope)}` : 'as no snapshot'),
  ].filter(way => typeof way === 'string')
  return ways.length === 0 ? undefined : `these bytes were imported ${ways.join(', ')}; to import them again as you say now, add --force`
}

function mapText(mapping: ColumnMapping = {}): string | undefined {
  const entries = Object.entries(mapping).map(([header, field]) => `"${header}=${field}"`).sort()
  return entries.length === 0 ? undefined : entries.join(' ')
}

// Where no scope is asked for, the file gives it.
function isOtherScope(asked: ImportOptions['snapshot'], scope: SnapshotScope | null): boolean {
  return (asked === null) !== (scope === null) || (asked?.scope !== null && asked?.scope !== undefined && scopeText(asked.scope) !== scopeText(scope!))
}

function scopeText(scope: SnapshotScope): string {
  return 'all' in scope ? 'all branches' : scope.branches.toSorted().join(', ')
}
