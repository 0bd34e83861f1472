import type { RunPorts } from '../../src/app/place-calls.ts'
import type { CallClaim, ClaimTerms } from '../../src/db/claim-store.ts'
import type { CallMove } from '../../src/db/move-store.ts'
import type { Break } from './world.ts'

/** "POST, then save": the session is born with the answer. */
export const saveWithoutIntent: Break = (ports) => {
  const claims = new Map<number, [CallClaim, ClaimTerms]>()
  const bear = async (move: CallMove): Promise<CallMove[]> => {
    const claim = claims.get(move.id)
    if (!claim)
      return [move]
    const [born] = await ports.store.claimCalls([claim[0]], claim[1])
    return born ? [{ ...move, id: born.id }] : []
  }
  const store: RunPorts['store'] = {
    ...ports.store,
    async claimCalls(some, terms) {
      return some.map((claim) => {
        const id = -1 - claims.size
        claims.set(id, [claim, terms])
        return { id, reference: claim.reference }
      })
    },
    moveCalls: async (moves, also) => ports.store.moveCalls((await Promise.all(moves.map(bear))).flat(), also),
  }
  return { ...ports, store }
}
