import type { Store } from '../db/store.ts'

export interface SecondSid { callId: number, known: string, told: string }

/** A second CallSid for one reference proves that somebody was dialled twice: the call is marked, and nobody is called until a person lifts the pause. */
export async function raiseSecondSid(store: Pick<Store, 'markAttention' | 'pauseDialling'>, { callId, known, told }: SecondSid, now: Date): Promise<void> {
  await store.markAttention(callId, 'SECOND_SID')
  await store.pauseDialling({ by: 'vacli', reason: `call ${callId} has two CallSids, ${known} and ${told}: somebody was dialled twice`, at: now.toISOString() })
}
