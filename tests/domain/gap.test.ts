import { expect, it } from 'vitest'
import { type DispatchFacts, type DispatchMark, findGap } from '../../src/domain/gap.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 6, minute))
const FACTS: DispatchFacts = { installId: 'a', host: 'h1/1', path: '/data/vacli.db', lastDispatchAt: at(0), now: at(30) }
const MARK: DispatchMark = { installId: 'a', host: 'h1/1', path: '/data/vacli.db', lastDispatchAt: at(0), runningSince: null, aliveUntil: null }

it.each<[string, DispatchMark | 'broken' | undefined, Partial<DispatchFacts>, object | undefined]>([
  ['none where all is as it was left', MARK, {}, undefined],
  ['none where the database knows more', MARK, { lastDispatchAt: at(9) }, undefined],
  ['none in a new database', undefined, { lastDispatchAt: null }, undefined],
  ['none beside a run that goes on', { ...MARK, runningSince: at(29), aliveUntil: at(31) }, {}, undefined],
  ['one where nothing stands beside a database that has dialled', undefined, {}, { lastDispatchAt: null }],
  ['one where what stands there is no record', 'broken', { lastDispatchAt: null }, { lastDispatchAt: null }],
  ['one beside another database\'s record', { ...MARK, installId: 'b' }, { lastDispatchAt: null }, { lastDispatchAt: at(0) }],
  ['one on another machine', { ...MARK, host: 'h2/1' }, {}, { reason: 'the database placed its calls on another machine, h2', lastDispatchAt: at(0) }],
  ['one of a folder that was copied whole', { ...MARK, path: '/old/vacli.db' }, {}, { reason: 'the database placed its calls as /old/vacli.db: it was copied or moved', isCopy: true }],
  ['one on a machine of the same name', { ...MARK, host: 'h1/2' }, {}, { lastDispatchAt: at(0) }],
  ['one where the database lacks the last dispatch', { ...MARK, lastDispatchAt: at(1) }, {}, { reason: 'calls were placed that the database does not have: it was restored from a backup', lastDispatchAt: at(1) }],
  ['one where it has none at all', MARK, { lastDispatchAt: null }, { lastDispatchAt: at(0) }],
  ['one up to the last sign of life', { ...MARK, lastDispatchAt: at(1), runningSince: at(1), aliveUntil: at(5) }, {}, { lastDispatchAt: at(5) }],
  ['one after a run that was cut off', { ...MARK, runningSince: at(0), aliveUntil: at(5) }, {}, { reason: 'the last run was cut off', lastDispatchAt: null }],
])('a gap: %s', (_, mark, facts, gap) => {
  const found = findGap(mark, { ...FACTS, ...facts })
  if (gap === undefined)
    expect(found).toBe(undefined)
  else
    expect(found).toMatchObject(gap)
})
