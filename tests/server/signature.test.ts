import { createHmac, timingSafeEqual } from 'node:crypto'
import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { sign, statusPath, verifyAddress } from '../../src/server/signature.ts'

vi.mock('node:crypto', async (importOriginal) => {
  const crypto = await importOriginal<typeof import('node:crypto')>()
  return { ...crypto, timingSafeEqual: vi.fn(crypto.timingSafeEqual) }
})

const SECRET = 'test-secret'
const addressOf = (reference: string, secret = SECRET) => statusPath(reference, secret).replace('/exotel/status/', '')

it('signs a reference with an HMAC-SHA-256 in lower-case hex', () => {
  expect(statusPath('5f1d', SECRET)).toBe(`/exotel/status/5f1d.${createHmac('sha256', SECRET).update('5f1d').digest('hex')}`)
})

it('knows the addresses that it gave out', () => {
  fc.assert(fc.property(fc.string({ minLength: 1 }), fc.string(), (reference, secret) => {
    expect(verifyAddress(addressOf(reference, secret), secret)).toBe(reference)
  }))
})

it.each([
  ['no signature', '5f1d'],
  ['an empty signature', '5f1d.'],
  ['the signature of another call', `5f1d.${sign('5f1e', SECRET)}`],
  ['a signature under another secret', addressOf('5f1d', 'other')],
  ['one digit less', addressOf('5f1d').slice(0, -1)],
  ['one digit more', `${addressOf('5f1d')}0`],
  ['capitals', `5f1d.${sign('5f1d', SECRET).toUpperCase()}`],
  ['a dot too many', `5f1d..${sign('5f1d', SECRET)}`],
  ['no reference', `.${sign('', SECRET)}`],
  ['a signature alone', sign('', SECRET)],
  ['nothing', ''],
])('knows no address with %s', (_, address) => {
  vi.mocked(timingSafeEqual).mockClear()
  expect(verifyAddress(address, SECRET)).toBeUndefined()
  // Whatever is wrong is found out in one comparison of whole signatures, which takes as long for all of them.
  expect(vi.mocked(timingSafeEqual).mock.calls.map(([given, expected]) => [given.byteLength, Buffer.from(expected as Buffer).toString()])).toEqual([[64, sign(address.slice(0, Math.max(address.lastIndexOf('.'), 0)), SECRET)]])
})
