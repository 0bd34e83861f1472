import type { Store } from '../db/store.ts'
import { VacliError } from '../errors.ts'

/**
 * Throws `setup` where the database's file is damaged: before anybody is dialled by what it says, or more is written into it. It reads the whole file
 * (a third of a second for 200,000 loans), because a page that nobody comes upon tells nothing of itself.
 */
export async function verifySound(store: Pick<Store, 'findBrokenPages'>): Promise<void> {
  const [first] = await store.findBrokenPages()
  if (first !== undefined)
    throw new VacliError('setup', `the database is damaged: ${first.replace(/\s+/g, ' ')}`, { hint: 'Stop every vacli and restore the last backup of the file; nothing was called or changed.' })
}
