import { expect, it } from 'vitest'
import { gatherLines } from '../../src/app/gather-lines.ts'

/** Gathers up to eight lines, of which so many are free at one look after the other. */
async function gather(looks: number[], isOver = () => false) {
  let taken = 0
  const free = await gatherLines(() => Promise.resolve(looks[Math.min(taken++, looks.length - 1)]!), 8, isOver)
  return { free, looks: taken }
}

it.each([
  ['all that are wanted are free', [8], { free: 8, looks: 1 }],
  ['none is free', [0], { free: 0, looks: 1 }],
  ['they come free one after the other', [5, 6, 7, 8], { free: 8, looks: 4 }],
  ['one comes free a little later', [5, 5, 8], { free: 8, looks: 3 }],
  ['no more come free for a while', [5], { free: 5, looks: 3 }],
  ['another run takes them', [5, 3, 0], { free: 0, looks: 3 }],
  ['one after the other comes free, and it takes too long', [1, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7], { free: 7, looks: 11 }],
])('waits while it is worth it where %s', async (_, looks, gathered) => {
  expect(await gather(looks)).toEqual(gathered)
})

it('waits no more once the run is over', async () => {
  expect(await gather([5, 6], () => true)).toEqual({ free: 5, looks: 1 })
})
