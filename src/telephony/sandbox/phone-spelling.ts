// Deliberately not the parser of the domain: a simulator must not share the mistakes of the code it is there to test.

/** E.164 of any spelling that Exotel takes (exotel.md 2.1): `+91…`, `91…`, `0` + ten digits, ten digits, another country's with its code. */
export function toE164(spelling: string): string | undefined {
  const compact = spelling.replace(/[\s().-]/g, '')
  const national = /^(?:\+91|91|0)?([1-9]\d{9})$/.exec(compact)?.[1]
  if (national)
    return `+91${national}`

  const foreign = /^\+?(?!91)([1-9]\d{7,14})$/.exec(compact)?.[1]
  return foreign && (compact.startsWith('+') || foreign.length > 10) ? `+${foreign}` : undefined
}

/** As Exotel writes numbers in its answers: `0XXXXXXXXXX` for India, E.164 for others; what is no number is echoed. */
export function toExotelSpelling(spelling: string): string {
  const phone = toE164(spelling)
  if (!phone)
    return spelling
  return phone.startsWith('+91') ? `0${phone.slice(3)}` : phone
}
