import { createHmac, timingSafeEqual } from 'node:crypto'

/** Lower-case hex of an HMAC-SHA-256: whoever knows the address was given it by us. */
export function sign(reference: string, secret: string): string {
  return createHmac('sha256', secret).update(reference).digest('hex')
}

/** The path under which Exotel reports on one call. */
export function statusPath(reference: string, secret: string): string {
  return `/exotel/status/${reference}.${sign(reference, secret)}`
}

/** The reference of a signed address; undefined when the signature is not ours. */
export function verifyAddress(address: string, secret: string): string | undefined {
  const dot = address.lastIndexOf('.')
  const reference = address.slice(0, Math.max(dot, 0))
  const expected = Buffer.from(sign(reference, secret))
  const given = Buffer.from(address.slice(dot + 1))
  // Whatever has another length is compared all the same, with what is never right, so that it takes no less time.
  const isSigned = timingSafeEqual(given.length === expected.length ? given : Buffer.alloc(expected.length), expected)
  return isSigned && reference !== '' ? reference : undefined
}
