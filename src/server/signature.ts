import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

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
  // Digests are of one length, so that comparing takes the same time whatever was sent.
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(address.slice(dot + 1)), digest(sign(reference, secret))) && reference !== '' ? reference : undefined
}
