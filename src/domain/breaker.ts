const REMEMBERED = 20
const LIMIT = 5
const OPEN_MS = 5 * 60_000

/** What the last answers of Exotel were like, the oldest first: true for one that tells nothing of the call's fate. */
export interface Breaker { readonly answers: readonly boolean[], readonly openUntil: Date | null }

export const CLOSED_BREAKER: Breaker = { answers: [], openUntil: null }

/** Takes an answer into account. Five without a fate among the last twenty open the breaker; after that one good answer closes it. */
export function afterAnswer(breaker: Breaker, isUnknown: boolean, now: Date): Breaker {
  if (breaker.openUntil !== null)
    return isUnknown ? { ...breaker, openUntil: later(now) } : CLOSED_BREAKER
  const answers = [...breaker.answers, isUnknown].slice(-REMEMBERED)
  return { answers, openUntil: answers.filter(Boolean).length >= LIMIT ? later(now) : null }
}

/** From when a request may go out again, and whether only one at a time, to try; null while all is well. */
export function trialAt({ openUntil }: Breaker): Date | null {
  return openUntil
}

const later = (now: Date) => new Date(now.getTime() + OPEN_MS)
