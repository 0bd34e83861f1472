import { randomBytes } from 'node:crypto'

/** 32 lower-case alphanumerics. Half of them end like the real `…162m` and `…16mk`, which are not hex (exotel.md 3.1). */
export function createCallSid(random: (size: number) => Buffer = randomBytes): string {
  const bytes = random(17)
  const hex = bytes.subarray(0, 16).toString('hex')
  const kind = bytes[16]!
  if (kind % 2 === 0)
    return hex
  return `${hex.slice(0, -1)}${'ghijkmnpqrstuvwz'[kind >> 4]}`
}
