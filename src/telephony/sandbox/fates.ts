export const END_STATUSES = ['completed', 'busy', 'no-answer', 'failed'] as const
export type EndStatus = (typeof END_STATUSES)[number]

/** What becomes of a call. `digits` are the last four dialled; null is every other number. `endsAs` is null when no call is ever placed. */
interface Fate { digits: string | null, endsAs: EndStatus | null, description: string }

export const FATES = {
  answered: { digits: null, endsAs: 'completed', description: 'answered and completed' },
  busy: { digits: '0002', endsAs: 'busy', description: 'busy' },
  no_answer: { digits: '0003', endsAs: 'no-answer', description: 'rings and is not answered' },
  failed: { digits: '0004', endsAs: 'failed', description: 'cannot be reached: fails' },
  silent: { digits: '0005', endsAs: 'completed', description: 'answered and completed, but no callback ever comes' },
  throttled_once: { digits: '0006', endsAs: 'completed', description: 'refused with 429 once, then answered and completed' },
  unpaid: { digits: '0007', endsAs: null, description: 'refused with 402: the account may not spend more' },
  answer_lost: { digits: '0008', endsAs: 'completed', description: 'placed, answered and completed, but the HTTP answer is lost' },
  ndnc: { digits: '0009', endsAs: null, description: 'refused with 403: the number is in the do-not-disturb register' },
} as const satisfies Record<string, Fate>

export type FateName = keyof typeof FATES
export type PlacedFate = { [Name in FateName]: (typeof FATES)[Name]['endsAs'] extends null ? never : Name }[FateName]

const BY_DIGITS = new Map<string | null, FateName>(Object.entries(FATES).map(([name, { digits }]) => [digits, name as FateName]))

export function fateOf(phone: string): FateName {
  return BY_DIGITS.get(phone.slice(-4)) ?? 'answered'
}

export function isPlacedFate(fate: FateName): fate is PlacedFate {
  return FATES[fate].endsAs !== null
}
