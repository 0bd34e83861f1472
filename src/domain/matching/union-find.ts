/** Numbers from 0 on, each in a set of its own until joined; a set is known by its smallest member. */
export interface Sets { find(one: number): number, join(a: number, b: number): boolean }

/** `join` is true where it joined two sets, false where they were one already. */
export function disjointSets(count: number): Sets {
  const parents = Array.from({ length: count }, (_, at) => at)
  const find = (one: number) => {
    let root = one
    while (parents[root] !== root)
      root = parents[root]!
    while (parents[one] !== root)
      [parents[one], one] = [root, parents[one]!]
    return root
  }
  const join = (a: number, b: number) => {
    const [one, other] = [find(a), find(b)]
    parents[Math.max(one, other)] = Math.min(one, other)
    return one !== other
  }
  return { find, join }
}
