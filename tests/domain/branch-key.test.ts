import { assert, property, stringMatching } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { branchKey } from '../../src/domain/branch-key.ts'

describe('branchKey', () => {
  it.each([
    [null, ''], ['', ''], ['Hosur Main', 'hosur main'], ['  HOSUR   main ', 'hosur main'], ['Hosur\u00a0Main', 'hosur main'], ['Ｈosur', 'hosur'], ['होसुर', 'होसुर'],
  ])('of %j is %j', (branch, key) => {
    expect(branchKey(branch)).toBe(key)
  })

  it('is the same whether a branch is plainly written or not', () => {
    assert(property(stringMatching(/^[ -~]{0,12}$/), (branch) => {
      expect(branchKey(branch)).toBe(branchKey(`\u00a0${branch}`))
    }))
  })
})
