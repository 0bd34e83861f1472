import { partitionBlock } from '../../dist/domain/matching/partition-block.js'
import { readName } from '../../dist/domain/matching/read-name.js'
import { scoreNames } from '../../dist/domain/matching/score-names.js'

const LOOKS_ALIKE = 0.75

/** Decides for rows `{ name, phone, loanId }` phone by phone; in these files every loan stands on one phone. */
export function partitionRows(rows) {
  const blocks = new Map()
  for (const { name, phone, loanId } of rows) {
    const block = blocks.get(phone) ?? []
    block.push({ id: loanId, name, phones: [phone], loans: [loanId] })
    blocks.set(phone, block)
  }
  return [...blocks.values()].map(members => ({ members, ...partitionBlock(members) }))
}

/** How many of the shuffles of the rows come to the same groups and reviews. */
export function countAgreeingShuffles(rows, shuffles, random) {
  const textOf = some => partitionRows(some).map(({ members, groups, reviews }) => JSON.stringify([members[0].phones, groups, reviews])).sort().join('\n')
  const expected = textOf(rows)
  return Array.from({ length: shuffles }, () => textOf(rows.map(row => ({ row, at: random() })).sort((a, b) => a.at - b.at).map(({ row }) => row))).filter(text => text === expected).length
}

/** Counts pairs of rows on one phone against the labels `person` and `form`. */
export function measureQuality(rows) {
  const byId = new Map(rows.map(row => [row.loanId, row]))
  const result = { wrong: [], form: { of: 0, part: 0 }, spelling: { of: 0, part: 0 }, asked: { same: { of: 0, part: 0 }, alike: { of: 0, part: 0 } }, reviews: 0, missed: [], strangers: [] }
  for (const { members, groups, reviews } of partitionRows(rows)) {
    const groupOf = new Map(groups.flatMap((group, at) => group.members.map(id => [id, at])))
    const asked = new Set(reviews.flatMap(({ a, b }) => [`${groupOf.get(a)} ${groupOf.get(b)}`, `${groupOf.get(b)} ${groupOf.get(a)}`]))
    result.reviews += reviews.length
    for (const [at, { id: a }] of members.entries()) {
      for (const { id: b } of members.slice(at + 1))
        countPair(result, byId.get(a), byId.get(b), groupOf.get(a) === groupOf.get(b), asked.has(`${groupOf.get(a)} ${groupOf.get(b)}`))
    }
  }
  return result
}

function countPair(result, one, other, isMerged, isAsked) {
  const isSame = one.person === other.person
  const text = `${one.name} / ${other.name}`
  if (isMerged && !isSame)
    result.wrong.push(text)
  if (isAsked) {
    const isAlike = isSame || scoreNames(readName(one.name), readName(other.name)).score >= LOOKS_ALIKE
    count(result.asked.same, isSame)
    count(result.asked.alike, isAlike)
    if (!isAlike)
      result.strangers.push(text)
  }
  if (!isSame)
    return
  const isSpelling = one.form === 'spelling' || other.form === 'spelling'
  count(isSpelling ? result.spelling : result.form, isMerged || (isSpelling && isAsked))
  if (!isMerged && !(isSpelling && isAsked))
    result.missed.push(text)
}

function count(share, isPart) {
  share.of++
  share.part += isPart ? 1 : 0
}
