/** The seed of this run, printed so that a failure can be seen again: FAULTS_SEED=… repeats it. */
export function printedSeed(what: string): number {
  const seed = Number(process.env.FAULTS_SEED ?? Date.now() % 1_000_000)
  process.stderr.write(`${what}: seed ${seed}\n`)
  return seed
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6D2B79F5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const isLong = Boolean(process.env.FAULTS_LONG)
