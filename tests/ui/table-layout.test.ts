import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fitColumns } from '../../src/ui/table-layout.ts'

const customer = { title: 'Customer', priority: 1, natural: 8 }
const name = { title: 'Name', priority: 1, natural: 20, min: 8 }
const state = { title: 'State', priority: 3, natural: 14, min: 6 }
const branch = { title: 'Branch', priority: 2, natural: 16, min: 6 }
const columns = [customer, name, state, branch]

it.each([
  [80, [8, 20, 14, 16], []],
  [64, [8, 20, 14, 16], []],
  [63, [8, 19, 14, 16], []],
  [56, [8, 14, 14, 14], []], // the widest first, then level
  [34, [8, 8, 6, 6], []],
  [33, [8, 10, undefined, 11], ['State']], // what is left gets its room back
  [25, [8, 15, undefined, undefined], ['State', 'Branch']],
  [18, [8, 8, undefined, undefined], ['State', 'Branch']],
  [15, [8, 5, undefined, undefined], ['State', 'Branch']], // below the minimum of the name
  [6, [8, 1, undefined, undefined], ['State', 'Branch']], // figures are never cut
])('fits four columns into %i', (width, widths, hidden) => {
  const fitted = fitColumns(columns, width)
  const widthOf = new Map(fitted.shown.map(({ column, width }) => [column.title, width]))
  expect(fitted.hidden).toEqual(hidden)
  expect(columns.map(({ title }) => widthOf.get(title))).toEqual(widths)
})

it('hides the later of two columns that matter as little', () => {
  expect(fitColumns([customer, { ...state, title: 'Left', min: undefined }, { ...state, title: 'Right', min: undefined }], 26).hidden).toEqual(['Right'])
})

it('never overflows where text can be cut, and never widens a column', () => {
  const column = fc.record({ title: fc.string(), priority: fc.integer({ min: 1, max: 4 }), natural: fc.integer({ min: 1, max: 1_000_000 }), min: fc.integer({ min: 1, max: 30 }) })
  fc.assert(fc.property(fc.array(column, { minLength: 1, maxLength: 12 }), fc.integer({ min: 40, max: 200 }), (columns, width) => {
    const { shown, hidden } = fitColumns(columns, width)
    expect(shown.length + hidden.length).toBe(columns.length)
    expect(shown.reduce((sum, { width }) => sum + width + 2, -2)).toBeLessThanOrEqual(width)
    expect(shown.every(({ column, width }) => width >= 1 && width <= column.natural)).toBe(true)
  }))
})
