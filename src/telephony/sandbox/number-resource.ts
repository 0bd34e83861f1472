import { fateOf } from './fates.ts'
import { toE164, toExotelSpelling } from './phone-spelling.ts'
import type { Resource } from './resource.ts'

/** Metadata of exotel.md 6.1, for India only; circle and operator are invented, DND agrees with what a call to the number meets. */
export function numberResource(spelling: string): Resource | undefined {
  const phone = toE164(spelling)
  if (!phone?.startsWith('+91'))
    return undefined

  return {
    PhoneNumber: toExotelSpelling(phone),
    Circle: 'KA',
    CircleName: 'Karnataka Telecom Circle',
    Type: /^\+91[6-9]/.test(phone) ? 'Mobile' : 'Landline',
    Operator: 'A',
    OperatorName: 'Airtel',
    DND: fateOf(phone) === 'ndnc' ? 'Yes' : 'No',
  }
}
