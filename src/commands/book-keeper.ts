import { judgeCustomers } from '../app/judge-customers.ts'
import type { Context } from '../context.ts'
import { holdLock, importLockName } from '../db/lock.ts'
import type { Store } from '../db/store.ts'

/** Carries out what changes the book: no import, undo or other answer runs beside it, and afterwards whom it concerns is judged. */
export function bookKeeper({ config, now }: Context, store: Store) {
  return async <Done>(work: () => Promise<Done>): Promise<Done> => {
    const lock = holdLock(config.paths.state, importLockName(config.database), 'an import into this database is running')
    try {
      const done = await work()
      await judgeCustomers(store, config.rules, now())
      return done
    }
    finally {
      lock.release()
    }
  }
}
