export interface RecentKeys {
  has(key: string): boolean
  add(key: string): void
}

/** Remembers the newest keys: at least half as many as it may hold, at most all of them. */
export function rememberRecent(max: number): RecentKeys {
  let [young, old] = [new Set<string>(), new Set<string>()]
  return {
    has: key => young.has(key) || old.has(key),
    add(key) {
      if (young.size >= max / 2)
        [young, old] = [new Set(), young]
      young.add(key)
    },
  }
}
