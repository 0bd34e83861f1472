import { setImmediate } from 'node:timers/promises'
import type { Store } from '../db/store.ts'
import { VacliError } from '../errors.ts'
import { markAbsences } from './mark-absences.ts'
import { recompute } from './recompute.ts'

// Customers at a time: each step holds the database for a moment, and a step that was cut off is taken up again.
const CHUNK = 200

export interface UndoPorts { store: Store, now: () => Date, onProgress?: (customersDone: number) => void, signal?: AbortSignal }

export type UploadEffect = Awaited<ReturnType<Store['countUploadEffect']>>

/** What an undo of the upload would touch. */
export async function planUndo({ store }: Pick<UndoPorts, 'store'>, uploadId: number): Promise<{ upload: NonNullable<Awaited<ReturnType<Store['findUpload']>>>, effect: UploadEffect }> {
  const upload = await store.findUpload(uploadId)
  if (!upload)
    throw new VacliError('not_found', `there is no upload ${uploadId}`, { hint: 'vacli list uploads' })
  return { upload, effect: await store.countUploadEffect(uploadId) }
}

/**
 * Takes an upload back: from the first write on none of its rows leads to a call; then everything that they touched becomes what the surviving rows make of it.
 * Calls that were made stay on record, and whoever was called and of whom no row speaks any more is withdrawn.
 */
export async function undoImport(ports: UndoPorts, uploadId: number, operator: string): Promise<void> {
  await ports.store.withdrawUpload(uploadId, { by: operator, at: ports.now() })
  await finishUndos(ports)
}

/** Completes what undos that were cut off have left. Returns how many uploads that were. */
export async function finishUndos({ store, onProgress, signal }: UndoPorts): Promise<number> {
  const halfUndone = await store.findHalfUndone()
  for (const { id } of halfUndone) {
    for (let done = 0; ;) {
      await setImmediate() // or no Ctrl-C is heard
      signal?.throwIfAborted()
      const customerIds = await store.findLinkedCustomers(id, CHUNK)
      if (customerIds.length === 0)
        break
      await recompute(store, customerIds, id)
      onProgress?.(done += customerIds.length)
    }
    // Snapshots first, of every source: a borrower may have loans of several. Only then is free what was held back.
    await markAbsences(store, id)
    await store.forgetAbsences(id)
    await store.finishUndo(id)
  }
  return halfUndone.length
}
