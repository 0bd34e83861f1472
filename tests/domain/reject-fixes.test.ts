import { describe, expect, it } from 'vitest'
import { refused } from '../../src/domain/cell.ts'
import { REJECT_FIXES } from '../../src/domain/reject-fixes.ts'

describe('the fixes of rejects', () => {
  it.each(Object.entries(REJECT_FIXES))('%s: says in one line what to do', (_, fix) => {
    expect(fix).toMatch(/^[a-z][^\r\n]{15,120}[^.\s]$/)
  })

  it('has one for every code: a new one without does not compile', () => {
    // @ts-expect-error a code that the table does not have
    expect(refused('PHONE_ON_HOLIDAY', 'no')).toEqual({ ok: false, code: 'PHONE_ON_HOLIDAY', message: 'no' })
  })
})
