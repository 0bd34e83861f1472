/** The members by their key, in order. Node 20 has no Map.groupBy yet. */
export function groupBy<Member, Key>(members: Iterable<Member>, keyOf: (member: Member) => Key): Map<Key, Member[]> {
  return groupByEach(members, member => [keyOf(member)])
}

/** The members by each of their keys, in order. */
export function groupByEach<Member, Key>(members: Iterable<Member>, keysOf: (member: Member) => Iterable<Key>): Map<Key, Member[]> {
  const groups = new Map<Key, Member[]>()
  for (const member of members) {
    for (const key of keysOf(member)) {
      const group = groups.get(key)
      if (group)
        group.push(member)
      else
        groups.set(key, [member])
    }
  }
  return groups
}
