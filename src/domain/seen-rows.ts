// 96 bits of a SHA-256: in a file of a million rows two that differ are taken for one less than once in 10^16 files.
const WORDS = 3
const FIRST_SLOTS = 1 << 12
const MOST_FILLED = 0.6

export interface SeenRows {
  /** True for the first row of that fingerprint (hex), false for a copy. */
  isNew(fingerprint: string): boolean
}

/** Remembers the rows of a file in 12 bytes each, where a set of texts takes a hundred. */
export function openSeenRows(): SeenRows {
  let slots = new Uint32Array(FIRST_SLOTS * WORDS)
  let filled = 0

  /** The place of the words, or the free one where they belong. An empty slot is all zeros; no hash is. */
  const find = (among: Uint32Array, a: number, b: number, c: number) => {
    const mask = among.length / WORDS - 1
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS
      if ((among[at] === a && among[at + 1] === b && among[at + 2] === c) || (among[at] === 0 && among[at + 1] === 0 && among[at + 2] === 0))
        return at
    }
  }
  const put = (among: Uint32Array, at: number, a: number, b: number, c: number) => {
    among[at] = a
    among[at + 1] = b
    among[at + 2] = c
  }
  const grow = () => {
    const larger = new Uint32Array(slots.length * 2)
    for (let at = 0; at < slots.length; at += WORDS) {
      const [a, b, c] = [slots[at]!, slots[at + 1]!, slots[at + 2]!]
      if (a !== 0 || b !== 0 || c !== 0)
        put(larger, find(larger, a, b, c), a, b, c)
    }
    slots = larger
  }

  return {
    isNew(fingerprint) {
      const [a, b, c] = [0, 8, 16].map(from => Number.parseInt(fingerprint.slice(from, from + 8), 16)) as [number, number, number]
      const at = find(slots, a, b, c)
      if (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c)
        return false
      put(slots, at, a, b, c)
      if (++filled > slots.length / WORDS * MOST_FILLED)
        grow()
      return true
    },
  }
}
