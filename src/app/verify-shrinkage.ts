import type { Snapshot } from '../db/snapshot-store.ts'
import type { Store } from '../db/store.ts'
import { VacliError } from '../errors.ts'

/** A file that lost its end in the mail would "pay off" thousands: above this share of the loans it covers, a person decides. */
const MOST_MISSING = 0.4

export interface Shrinkage { covered: number, missing: number }

interface Ports { store: Pick<Store, 'countShrinkage'>, confirmShrinkage?: (shrinkage: Shrinkage) => Promise<boolean> }

/** Lets a snapshot pass that stops no more loans than a day's payments may, or that a person accepts. */
export async function verifyShrinkage({ store, confirmShrinkage }: Ports, snapshot: Snapshot, { acceptShrink }: { acceptShrink: boolean }): Promise<Shrinkage> {
  const shrinkage = await store.countShrinkage(snapshot)
  const { covered, missing } = shrinkage
  if (missing <= covered * MOST_MISSING || acceptShrink)
    return shrinkage
  const message = `${missing} of the ${covered} loans that this snapshot covers are not in it and would stop (more than ${MOST_MISSING * 100}%)`
  if (!confirmShrinkage)
    throw new VacliError('invalid', message, { hint: 'Is the file whole? If so: --accept-shrink --reason "why so many are gone".' })
  if (!await confirmShrinkage(shrinkage))
    throw new VacliError('declined', `${message}; nothing was applied`, { hint: 'Ask the branch for the whole file.' })
  return shrinkage
}
