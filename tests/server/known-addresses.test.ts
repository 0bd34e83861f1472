import { expect, it } from 'vitest'
import { createVerifier } from '../../src/server/known-addresses.ts'
import { sign } from '../../src/server/signature.ts'

const address = (reference: string) => `${reference}.${sign(reference, 'a secret')}`

it('knows an address that is right, the first time and again, however many came since', () => {
  const verify = createVerifier('a secret', { max: 4 })
  const references = Array.from({ length: 20 }, (_, at) => `ref${at}`)

  expect([...references, ...references, 'ref19', 'ref19'].map(reference => verify(address(reference)))).toEqual([...references, ...references, 'ref19', 'ref19'])
})

it('refuses a wrong address every time, also beside the right one', () => {
  const verify = createVerifier('a secret', { max: 4 })
  const wrong = `${address('ref1').slice(0, -1)}x`

  expect([verify(address('ref1')), verify(wrong), verify(wrong), verify(address('ref1'))]).toEqual(['ref1', undefined, undefined, 'ref1'])
})
