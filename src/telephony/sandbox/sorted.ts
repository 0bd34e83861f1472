/** Index of the first entry for which `isPast` holds; what comes after it must hold, too. */
export function firstIndex<Entry>(sorted: readonly Entry[], isPast: (entry: Entry) => boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isPast(sorted[middle]!))
      high = middle
    else
      low = middle + 1
  }
  return low
}

/** Keeps the order. Cheap where entries come nearly in order, as events of a clock do. */
export function insertSorted<Entry>(sorted: Entry[], entry: Entry, compare: (a: Entry, b: Entry) => number): void {
  const last = sorted.at(-1)
  if (last === undefined || compare(last, entry) <= 0)
    sorted.push(entry)
  else
    sorted.splice(firstIndex(sorted, each => compare(each, entry) > 0), 0, entry)
}
