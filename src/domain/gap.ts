/** What stands beside the database. */
export interface DispatchMark { installId: string, host: string, path: string, lastDispatchAt: Date | null, runningSince: Date | null, aliveUntil: Date | null }

/** What the database and this machine say of themselves. */
export interface DispatchFacts { installId: string, host: string, path: string, lastDispatchAt: Date | null, now: Date }

/** Why calls may have been placed of which the database knows nothing. */
export interface Gap {
  reason: string
  /** Such calls may go on until then, and the list omits what goes on; null where nothing says so. */
  lastDispatchAt: Date | null
  /** The database may be one of two copies: whoever has the other may be dialling at this moment. */
  isCopy?: true
}

/** Judges whether the database may have lost calls, by being restored from a backup or copied; undefined where it holds every dispatch. */
export function findGap(mark: DispatchMark | 'broken' | undefined, { installId, host, path, lastDispatchAt, now }: DispatchFacts): Gap | undefined {
  if (mark === 'broken')
    return { reason: 'the record beside the database cannot be read', lastDispatchAt: null, isCopy: true }
  if (!mark)
    return lastDispatchAt ? { reason: 'the database has placed calls, and nothing beside it says that it did so here', lastDispatchAt: null, isCopy: true } : undefined

  const isRunning = mark.aliveUntil !== null && mark.aliveUntil > now
  const told = mark.runningSince ? mark.aliveUntil ?? mark.lastDispatchAt : mark.lastDispatchAt
  if (mark.installId !== installId)
    return { reason: 'the record beside the database is of another database', lastDispatchAt: told, isCopy: true }
  if (mark.host !== host)
    return { reason: `the database placed its calls on another machine, ${mark.host.replace(/\/.*/, '')}`, lastDispatchAt: told, isCopy: true }
  if (mark.path !== path)
    return { reason: `the database placed its calls as ${mark.path}: it was copied or moved`, lastDispatchAt: told, isCopy: true }
  if (mark.lastDispatchAt && (!lastDispatchAt || mark.lastDispatchAt > lastDispatchAt))
    return { reason: 'calls were placed that the database does not have: it was restored from a backup', lastDispatchAt: told }
  // Its last calls are in the database, unless that is a backup of those seconds.
  if (mark.runningSince && !isRunning)
    return { reason: 'the last run was cut off', lastDispatchAt: null }
  return undefined
}
