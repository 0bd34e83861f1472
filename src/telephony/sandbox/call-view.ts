import { toIstTimestamp } from '../../domain/ist.ts'
import type { Chance } from './chance.ts'
import { NUMBER_SPELLINGS, type NumberSpelling, type Spelling } from './misbehaviour.ts'
import { toE164, toExotelSpelling } from './phone-spelling.ts'

const INDIA_MINUTES = 330

/** How what is true is written for a client. */
export interface CallView {
  accountSid: string
  isJson: boolean
  showsCustomField: boolean
  time(at: Date): string
  number(phone: string): string
  /** What DateCreated of a query is ahead of Indian time. */
  zoneShiftMs: number
}

export function createView(accountSid: string, { numbers = 'local', zoneMinutes = INDIA_MINUTES, customField = false }: Spelling, chance: Chance): Omit<CallView, 'isJson'> {
  const zoneShiftMs = (zoneMinutes - INDIA_MINUTES) * 60_000
  return {
    accountSid,
    showsCustomField: customField,
    zoneShiftMs,
    time: at => toIstTimestamp(new Date(at.getTime() + zoneShiftMs)),
    number: phone => spell(phone, numbers === 'mixed' ? NUMBER_SPELLINGS[Math.floor(chance.draw('spelling', phone) * 4)]! : numbers),
  }
}

function spell(phone: string, spelling: NumberSpelling): string {
  const e164 = toE164(phone)
  if (spelling === 'local' || !e164?.startsWith('+91'))
    return toExotelSpelling(phone)
  const national = e164.slice(3)
  return { plus91: e164, bare91: `91${national}`, masked: `0XXXXX${national.slice(-5)}` }[spelling as 'plus91' | 'bare91' | 'masked']
}
