import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { customerFingerprint } from '../../../src/domain/fingerprint.ts'
import { type BlockMember, identityOf, identityOnLoan } from '../../../src/domain/matching/block-nodes.ts'
import type { PairDecision } from '../../../src/domain/matching/earlier-ties.ts'
import { partitionBlock } from '../../../src/domain/matching/partition-block.ts'

const P1 = '+919812345678'
const P2 = '+919911223344'

/** `id` is the loan unless given; a row on P1 unless said. */
function member(name: string, loan: string, { phone = P1, ...more }: { phone?: string } & Partial<BlockMember> = {}): BlockMember {
  return { id: loan, name, phones: [phone], loans: [loan], ...more }
}

/** Groups as `a+b c`, reviews as `a~b KIND`, the same from both ends of the block. */
function decide(members: BlockMember[], decisions: PairDecision[] = []) {
  const there = partitionBlock(members, decisions)
  expect(partitionBlock(members.toReversed(), decisions.toReversed())).toEqual(there)
  return { groups: there.groups.map(group => group.members.join('+')).sort().join(' '), reviews: there.reviews.map(({ a, b, kind }) => `${[a, b].sort().join('~')} ${kind}`).sort() }
}

const between = (a: BlockMember, b: BlockMember, verdict: PairDecision['verdict'], isAboutLoan = false): PairDecision => ({ a: identityOf(a), b: identityOf(b), verdict, isAboutLoan })

describe('two rows', () => {
  it.each([
    ['match 1', member('Rajesh Kumar', 'L1', { id: 'a' }), member('RAJESH  KUMAR.', 'L1', { id: 'b' }), 'a+b', []],
    ['match 4', member('Rajesh Kumar', 'L1', { id: 'a' }), member('Rajesh Kumar', 'L2', { id: 'b' }), 'a+b', []],
    ['match 5', member('Rajesh Kumar', 'L1', { id: 'a' }), member('Kumar Rajesh', 'L2', { id: 'b' }), 'a+b', []],
    ['match 7', member('Rajesh Kumar S/O Ram Lal', 'L1', { id: 'a' }), member('Rajesh Kumar', 'L2', { id: 'b' }), 'a+b', []],
    ['match 8', member('Rajesh Kumar S/O Ram Lal', 'L1', { id: 'a' }), member('Rajesh Kumar S/O Shyam Lal', 'L2', { id: 'b' }), 'a b', ['a~b RELATION_DIFFERS']],
    ['match 9', member('Smt Sunita Devi W/o Late Ram', 'L1', { id: 'a' }), member('Sunita Devi', 'L2', { id: 'b' }), 'a+b', []],
    ['match 10', member('Late Ram Prasad', 'L1', { id: 'a' }), member('Ram Prasad', 'L2', { id: 'b' }), 'a b', ['a~b DECEASED_DIFFERS']],
    ['match 15', member('Rajesh', 'L1', { id: 'a' }), member('Rajesh Kumar', 'L2', { id: 'b' }), 'a b', ['a~b POSSIBLE_SAME']],
    ['match 23', member('Rajesh Kumar', 'L1', { id: 'a' }), member('Sunita Devi', 'L2', { id: 'b' }), 'a b', []],
    ['match 24b', member('Rajesh Kumar', 'L1', { id: 'a' }), member('Ramesh Kumar', 'L2', { id: 'b' }), 'a b', ['a~b POSSIBLE_SAME']],
    ['match 28', member('Rajesh Kumar', 'L1', { id: 'a' }), member('Rajesh Kumar', 'L1', { id: 'b', phone: P2 }), 'a+b', []],
    ['match 28, spelled otherwise', member('Pooja Sharma', 'L1', { id: 'a' }), member('Puja Sharma', 'L1', { id: 'b', phone: P2 }), 'a+b', []],
    ['match 29', member('Rajesh Kumar', 'L1', { id: 'a' }), member('Rajesh Kumar', 'L2', { id: 'b', phone: P2 }), 'a b', []],
    ['match 30', member('Rajesh Kumar', 'L1', { id: 'a' }), member('Vikas Singh', 'L1', { id: 'b', phone: P2 }), 'a b', ['a~b LOAN_NAME_CONFLICT']],
    ['match 34', member('Rajesh Kumar', 'L1', { id: 'a', coBorrower: 'Sunita Devi' }), member('Rajesh Kumar', 'L2', { id: 'b' }), 'a+b', []],
    ['match 35', member('Rajesh Kumar', 'L1', { id: 'a', coBorrower: 'Sunita Devi' }), member('Sunita Devi', 'L3', { id: 'b' }), 'a b', ['a~b CO_BORROWER']],
    ['match 39', member('Rajesh Kumar', 'X L1', { id: 'a' }), member('Vikas Singh', 'Y L1', { id: 'b', phone: P2 }), 'a b', []],
    ['no phone', member('Rajesh Kumar', 'L1', { id: 'a', phones: [] }), member('Rajesh Kumar', 'L2', { id: 'b', phones: [] }), 'a b', []],
    ['no phone at first', member('Rajesh Kumar', 'L1', { id: 'a', phones: [] }), member('Rajesh Kumar', 'L1', { id: 'b' }), 'a+b', []],
  ])('%s', (_, a, b, groups, reviews) => {
    expect(decide([a, b])).toEqual({ groups, reviews })
  })
})

it('match 25 and 26: leaves women who share a phone apart', () => {
  const women = ['Sunita Devi', 'Kavita Yadav', 'Meena Kumari', 'Rekha Sharma', 'Fatima Begum', 'Pooja Das', 'Lakshmi Rao', 'Geeta Patel', 'Asha Nair'].map((name, at) => member(name, `L${at}`))
  expect(decide(women)).toEqual({ groups: 'L0 L1 L2 L3 L4 L5 L6 L7 L8', reviews: [] })
})

describe('chains', () => {
  const none = member('Rajesh Kumar', 'none')
  const ram = member('Rajesh Kumar S/O Ram Lal', 'ram')
  const shyam = member('Rajesh Kumar S/O Shyam Lal', 'shyam')

  it('join where every two may be one', () => {
    expect(decide([none, ram, member('Rajesh Kumar S/O Raam', 'raam')])).toEqual({ groups: 'none+raam+ram', reviews: [] })
  })

  it('join nobody where two may not be one, and everybody is asked about', () => {
    expect(decide([none, ram, shyam])).toEqual({ groups: 'none ram shyam', reviews: ['none~ram AMBIGUOUS', 'none~shyam AMBIGUOUS', 'ram~shyam RELATION_DIFFERS'] })
  })

  it('join nobody over a loan either', () => {
    const moved = [member('Sunita Sharma', 'L1', { id: 'a' }), member('Sunita', 'L1', { id: 'b', phone: P2, loans: ['L1', 'L2'] }), member('Sunita Verma', 'L2', { id: 'c', phone: '+919833445566' })]
    expect(decide(moved)).toEqual({ groups: 'a b c', reviews: ['a~b AMBIGUOUS', 'b~c AMBIGUOUS'] })
  })

  it('join nobody over a loan and a phone where the ends have two fathers', () => {
    const moved = [member('Rajesh Kumar S/O Ram Lal', 'L1', { id: 'a' }), member('Rajesh Kumar', 'L1', { id: 'b', phone: P2 }), member('Rajesh Kumar S/O Shyam', 'L2', { id: 'c', phone: P2 })]
    expect(decide(moved)).toEqual({ groups: 'a b c', reviews: ['a~b AMBIGUOUS', 'b~c AMBIGUOUS'] })
    expect(decide(moved.map(one => ({ ...one, name: one.name.replace('Shyam', 'Ram') })))).toEqual({ groups: 'a+b+c', reviews: [] })
  })

  it('leave the others on the phone alone', () => {
    expect(decide([none, ram, shyam, member('Sunita Devi', 'L1'), member('SUNITA DEVI', 'L2')]).groups).toBe('L1+L2 none ram shyam')
  })

  it.each([
    ['none is Ram\'s son', [between(none, ram, 'merge'), between(ram, shyam, 'apart')], 'none+ram shyam', []],
    ['none is Ram\'s son, and nobody has spoken of Shyam', [between(none, ram, 'merge')], 'none+ram shyam', ['ram~shyam RELATION_DIFFERS']],
    ['Ram and Shyam are two names of one father', [between(ram, shyam, 'merge')], 'none+ram+shyam', []],
    ['Ram and Shyam are two fathers', [between(ram, shyam, 'apart')], 'none ram shyam', ['none~ram AMBIGUOUS', 'none~shyam AMBIGUOUS']],
    ['all are three men', [between(ram, shyam, 'apart'), between(none, ram, 'apart'), between(none, shyam, 'apart')], 'none ram shyam', []],
    ['answers that contradict each other', [between(none, ram, 'merge'), between(none, shyam, 'merge'), between(ram, shyam, 'apart')], 'none ram shyam', ['none~ram AMBIGUOUS', 'none~shyam AMBIGUOUS']],
  ])('heed a person: %s', (_, decisions, groups, reviews) => {
    expect(decide([none, ram, shyam], decisions)).toEqual({ groups, reviews })
  })
})

describe('a person', () => {
  const pooja = member('Pooja Sharma', 'L1')
  const puja = member('Puja Sharma', 'L2')

  it.each([
    ['has not spoken', [], 'L1 L2', ['L1~L2 POSSIBLE_SAME']],
    ['merged them', [between(pooja, puja, 'merge')], 'L1+L2', []],
    ['set them apart', [between(puja, pooja, 'apart')], 'L1 L2', []],
    ['set apart', [between(pooja, puja, 'apart'), between(pooja, puja, 'merge')], 'L1 L2', []],
    ['spoke of others', [between(member('Pooja Sharma', 'L1', { phone: P2 }), puja, 'merge')], 'L1 L2', ['L1~L2 POSSIBLE_SAME']],
  ] as const)('%s', (_, decisions, groups, reviews) => {
    expect(decide([pooja, puja], [...decisions])).toEqual({ groups, reviews })
  })

  it('is not asked again about later rows of the same two', () => {
    const later = [pooja, puja, member('POOJA  SHARMA.', 'L3'), member('Sharma Puja', 'L4'), member('Puja Sharma W/o Ram', 'L5')]
    expect(decide(later, [between(pooja, puja, 'apart')])).toEqual({ groups: 'L1+L3 L2+L4+L5', reviews: [] })
    expect(decide(later, [between(pooja, puja, 'merge')])).toEqual({ groups: 'L1+L2+L3+L4+L5', reviews: [] })
  })

  it('is asked about a third, once for two who are one', () => {
    expect(decide([pooja, puja, member('Poojaa Sarma', 'L3')], [between(pooja, puja, 'merge')])).toEqual({ groups: 'L1+L2 L3', reviews: ['L1~L3 POSSIBLE_SAME'] })
  })

  it('keeps two apart whom one loan joins', () => {
    const rows = [member('Pooja Sharma', 'L1', { id: 'a' }), member('Puja Sharma', 'L1', { id: 'b' })]
    expect(decide(rows)).toEqual({ groups: 'a+b', reviews: [] })
    expect(decide(rows, [between(rows[0]!, rows[1]!, 'apart', true)])).toEqual({ groups: 'a b', reviews: [] })
  })

  it('is asked whose a loan is of two who were set apart on a phone', () => {
    const rows = [member('Pooja Sharma', 'L1', { id: 'a' }), member('Puja Sharma', 'L1', { id: 'b' })]
    expect(decide(rows, [between(rows[0]!, rows[1]!, 'apart')])).toEqual({ groups: 'a b', reviews: ['a~b LOAN_CUSTOMER_CONFLICT'] })
  })

  it('keeps two apart, and joins to each who is only his', () => {
    const rows = [member('Pooja Sharma', 'L1', { id: 'a' }), member('Puja Sharma', 'L1', { id: 'b' }), member('Pooja Sharma W/o Ram', 'L3', { id: 'c' })]
    expect(decide(rows, [between(rows[0]!, rows[1]!, 'apart')])).toMatchObject({ groups: 'a+c b' })
  })

  it('keeps apart what was one customer', () => {
    const known = [member('Pooja Sharma', 'L1', { customer: 7 }), member('Puja Sharma', 'L2', { customer: 7 })]
    expect(decide(known).groups).toBe('L1+L2')
    expect(decide(known, [between(known[0]!, known[1]!, 'apart')])).toEqual({ groups: 'L1 L2', reviews: [] })
    expect(partitionBlock(known, [between(known[0]!, known[1]!, 'apart')]).groups.map(({ customers }) => customers)).toEqual([[7], []])
  })

  it('gives what a decision needs to answer a review', () => {
    const { reviews } = partitionBlock([pooja, puja])
    expect(reviews).toEqual([{ a: 'L1', b: 'L2', identities: [identityOf(pooja), identityOf(puja)], kind: 'POSSIBLE_SAME', rule: 'phone+spelling', score: 0.975, sharedLoans: [] }])
    const [a, b] = reviews[0]!.identities
    expect(partitionBlock([pooja, puja], [{ a, b, verdict: 'merge' }]).reviews).toEqual([])
  })
})

describe('known customers', () => {
  const known = member('Rajesh Kumar', 'L1', { id: 'K1', customer: 1, fingerprint: 'stored-1' })

  it('take rows of their fingerprint, also of an old phone or a merged spelling', () => {
    const moved = member('Rajesh Kumar', 'L1', { id: 'K1', phones: [P2, P1], customer: 1, fingerprint: 'stored-1', aliases: [identityOf(known), identityOf(member('Raju', 'L9'))] })
    expect(decide([moved, member('Rajesh Kumar', 'L2'), member('Raju', 'L3'), member('Rajesh Kumar', 'L4', { phone: P2 })])).toEqual({ groups: 'K1+L2+L3+L4', reviews: [] })
  })

  it('keep their fingerprints, and nobody else is given one', () => {
    const named = member('Rajesh Kumar S/O Ram Lal', 'L1', { id: 'K1', customer: 1, fingerprint: customerFingerprint(P1, 'Rajesh Kumar', '') })
    const { groups } = partitionBlock([named, member('Rajesh Kumar', 'L2'), member('Rajesh Kumar S/O Shyam Lal', 'L3')])
    expect(groups.map(({ customers, members }) => [customers, members])).toEqual([[[1], ['K1']], [[], ['L3']], [[], ['L2']]])
    expect(groups[0]!.fingerprint).toBe(named.fingerprint)
    expect(new Set(groups.map(({ fingerprint }) => fingerprint)).size).toBe(3)
  })

  it('never become one by themselves: a loan of one with the name and phone of the other is a question', () => {
    const other = member('Rajesh Kumar', 'L2', { id: 'K2', phone: P2, customer: 2 })
    expect(decide([known, other, member('Rajesh Kumar', 'L1', { id: 'row', phone: P2 })])).toEqual({ groups: 'K1 K2+row', reviews: ['K1~row LOAN_CUSTOMER_CONFLICT'] })
    expect(decide([known, other, member('Rajesh Kumar', 'L1', { id: 'row', phone: P2 })], [between(known, other, 'merge')])).toEqual({ groups: 'K1+K2+row', reviews: [] })
  })

  it('move to another phone with their loan', () => {
    const row = member('Rajesh Kumar', 'L1', { id: 'row', phone: P2 })
    const { groups } = partitionBlock([known, row])
    expect(groups).toEqual([{ fingerprint: 'stored-1', phone: known.phones[0], identities: new Map([['K1', identityOf(known)], ['row', identityOf(row)]]), customers: [1], members: ['K1', 'row'], joins: [{ a: 'K1', b: 'row', rule: 'loan+name', score: 1 }] }])
  })
})

describe('fingerprints', () => {
  it('are today\'s for whoever has phone and name alone', () => {
    const rows = [member('Rajesh Kumar S/O Ram Lal', 'L1'), member('Sunita Devi', 'L2'), member('Late Vikas Singh', 'L3'), member('No Phone', 'L4', { phones: [] })]
    expect(partitionBlock(rows).groups.map(({ members, fingerprint }) => [members[0], fingerprint]).sort()).toEqual(rows.map(row => [row.id, customerFingerprint(row.phones[0] ?? null, row.name, row.id)]))
    expect(rows.map(row => partitionBlock([row]).groups[0]!.fingerprint)).toEqual(rows.map(row => customerFingerprint(row.phones[0] ?? null, row.name, row.id)))
  })

  it('carry what sets namesakes on one phone apart', () => {
    const rows = [member('Ram Prasad', 'L1'), member('Late Ram Prasad', 'L2')]
    expect(Object.fromEntries(partitionBlock(rows).groups.map(({ members, fingerprint }) => [members[0], fingerprint]))).toEqual({ L1: customerFingerprint(P1, 'Ram Prasad', ''), L2: identityOf(rows[1]!) })
    expect(identityOf(rows[1]!)).not.toBe(identityOf(rows[0]!))
  })
})

describe('names too short to say whose loan it is', () => {
  const brothers = [member('Rajesh Kumar', 'L1'), member('Ramesh Kumar', 'L2')]
  const short = [member('R Kumar', 'L3'), member('R. Kumar', 'L4')]

  it('are one customer where nobody else is meant', () => {
    expect(decide(short)).toEqual({ groups: 'L3+L4', reviews: [] })
    expect(decide([brothers[0]!, ...short])).toEqual({ groups: 'L1 L3+L4', reviews: ['L1~L3 POSSIBLE_SAME'] })
  })

  it('are asked about, loan by loan, where two may be meant', () => {
    expect(decide([...brothers, ...short])).toEqual({ groups: 'L1 L2 L3 L4', reviews: ['L1~L2 POSSIBLE_SAME', 'L1~L3 POSSIBLE_SAME', 'L1~L4 POSSIBLE_SAME', 'L2~L3 POSSIBLE_SAME', 'L2~L4 POSSIBLE_SAME', 'L3~L4 AMBIGUOUS'] })
  })

  it('stay with whom a person gave them, whatever comes later', () => {
    const given: PairDecision[] = [
      { a: identityOf(brothers[0]!), b: identityOnLoan(short[0]!, 'L3'), verdict: 'merge' },
      { a: identityOf(brothers[1]!), b: identityOnLoan(short[1]!, 'L4'), verdict: 'merge' },
      { a: identityOf(brothers[0]!), b: identityOf(brothers[1]!), verdict: 'apart' },
    ]
    expect(decide([...brothers, ...short, member('R KUMAR', 'L4', { id: 'again' })], given)).toEqual({ groups: 'L1+L3 L2+L4+again', reviews: [] })
    expect(decide([brothers[0]!, ...short], given)).toEqual({ groups: 'L1+L3 L4', reviews: ['L3~L4 AMBIGUOUS'] })
  })

  it('are asked about too when one of them is known', () => {
    const known = { ...short[0]!, customer: 3, fingerprint: customerFingerprint(P1, 'R Kumar', '') }
    const { groups } = partitionBlock([...brothers, known, short[1]!])
    expect(groups).toHaveLength(4)
    expect(new Set(groups.map(({ fingerprint }) => fingerprint)).size).toBe(4)
  })
})

describe('over any block', () => {
  const NAMES = ['Rajesh Kumar', 'RAJESH  KUMAR.', 'Ramesh Kumar', 'R Kumar', 'Rajesh', 'Rajesh Kumar S/O Ram Lal', 'Rajesh Kumar S/O Shyam Lal', 'Late Rajesh Kumar', 'Raajesh Kumar', 'Rajesh Kumar & Sunita Devi', 'Sunita Devi', 'Suneeta', 'सुनीता देवी']
  const customers = [1, 2, 3]
  const block = fc.array(fc.record({
    name: fc.constantFrom(...NAMES),
    phones: fc.subarray([P1, P2], { maxLength: 1 }),
    loans: fc.subarray(['L1', 'L2', 'L3', 'L4', 'L5'], { minLength: 1, maxLength: 2 }),
    customer: fc.option(fc.constantFrom(...customers), { freq: 4 }),
  }), { maxLength: 8 }).map(members => members.map((one, at) => ({ ...one, id: `m${at}`, ...one.customer !== null && { fingerprint: `stored-${one.customer}` } })))
  const decisions = fc.array(fc.record({ a: fc.nat(7), b: fc.nat(7), verdict: fc.constantFrom('merge', 'apart'), isAboutLoan: fc.boolean() }), { maxLength: 3 })
  const any = fc.tuple(block, decisions).map(([members, picks]) => ({
    members,
    decisions: picks.flatMap(({ a, b, verdict, isAboutLoan }): PairDecision[] => members[a] && members[b] && identityOf(members[a]) !== identityOf(members[b]) ? [between(members[a], members[b], verdict, isAboutLoan)] : []),
  }))
  const groupOf = (groups: { members: string[] }[]) => new Map(groups.flatMap((group, at) => group.members.map(id => [id, at])))

  it('says the same in any order of rows and decisions', () => {
    fc.assert(fc.property(any.chain(one => fc.tuple(fc.constant(one), fc.shuffledSubarray(one.members, { minLength: one.members.length }), fc.shuffledSubarray(one.decisions, { minLength: one.decisions.length }))), ([{ members, decisions }, shuffled, told]) => {
      expect(partitionBlock(shuffled, told)).toEqual(partitionBlock(members, decisions))
    }), { numRuns: 2000 })
  })

  it('gives every member one group, joins for all of it, and every group a fingerprint of its own', () => {
    fc.assert(fc.property(any, ({ members, decisions }) => {
      const { groups } = partitionBlock(members, decisions)
      expect(groups.flatMap(group => group.members).sort()).toEqual(members.map(({ id }) => id))
      expect(new Set(groups.map(({ fingerprint }) => fingerprint)).size).toBe(groups.length)
      for (const { members: ids, joins } of groups)
        expect(joins.every(({ a, b }) => ids.includes(a) && ids.includes(b))).toBe(true)
    }), { numRuns: 2000 })
  })

  it('never puts together whom a person set apart, nor asks about them but for a loan, once', () => {
    fc.assert(fc.property(any, ({ members, decisions }) => {
      const { groups, reviews } = partitionBlock(members, decisions)
      const at = groupOf(groups)
      const idsOf = (identity: string) => members.filter(one => identityOf(one) === identity).map(({ id }) => id)
      for (const { a, b, isAboutLoan } of decisions.filter(({ verdict }) => verdict === 'apart')) {
        const pairs = idsOf(a).flatMap(one => idsOf(b).map(other => [at.get(one), at.get(other)]))
        expect(pairs.filter(([one, other]) => one === other)).toEqual([])
        const asked = reviews.filter(review => pairs.some(([one, other]) => new Set([one, other, at.get(review.a), at.get(review.b)]).size === 2))
        expect(asked.filter(({ rule }) => isAboutLoan || !rule.startsWith('loan'))).toEqual([])
      }
    }), { numRuns: 3000 })
  })

  it('says of a block what it says of it beside a stranger', () => {
    fc.assert(fc.property(block, (members) => {
      const stranger = member('Vikas Singh', 'L99', { id: 'z', phone: '+919833445566' })
      for (const some of [members, ...members.map((one, at) => [one, { ...one, id: 'twin', customer: at % 2 ? null : one.customer }]), ...members.map(one => [one])]) {
        const { groups, ...rest } = partitionBlock([...some, stranger])
        expect(partitionBlock(some)).toEqual({ groups: groups.filter(group => !group.members.includes('z')), ...rest })
      }
    }), { numRuns: 500 })
  })

  it('asks once about any two groups, and never about one', () => {
    fc.assert(fc.property(any, ({ members, decisions }) => {
      const { groups, reviews } = partitionBlock(members, decisions)
      const at = groupOf(groups)
      const asked = reviews.map(({ a, b }) => [at.get(a)!, at.get(b)!].sort().join(' '))
      expect(new Set(asked).size).toBe(asked.length)
      expect(reviews.filter(({ a, b }) => at.get(a) === at.get(b))).toEqual([])
    }), { numRuns: 1000 })
  })

  it('makes no two known customers one unless a person does', () => {
    fc.assert(fc.property(block, (members) => {
      expect(partitionBlock(members).groups.filter(({ customers }) => customers.length > 1)).toEqual([])
    }), { numRuns: 1000 })
  })

  it('says of two blocks that share nothing what it says of each', () => {
    fc.assert(fc.property(any, any, (one, other) => {
      const elsewhere = other.members.map(member => ({ ...member, id: `o${member.id}`, phones: member.phones.map(phone => phone.replace('+91', '+92')), loans: member.loans.map(loan => `O${loan}`), ...member.customer !== null && { customer: member.customer + 10, fingerprint: `stored-${member.customer + 10}` } }))
      const together = partitionBlock([...one.members, ...elsewhere], one.decisions)
      const [a, b] = [partitionBlock(one.members, one.decisions), partitionBlock(elsewhere)]
      const inOrder = (values: unknown[]) => values.map(value => JSON.stringify(value)).sort()
      expect(inOrder(together.groups)).toEqual(inOrder([...a.groups, ...b.groups]))
      expect(inOrder(together.reviews)).toEqual(inOrder([...a.reviews, ...b.reviews]))
    }), { numRuns: 1000 })
  })
})

it('decides for thousands of names on one phone or one loan in a moment', () => {
  const name = (at: number) => `${['Rajesh', 'Sunita', 'Mohan', 'R'][at % 4]} ${at.toString(36).replace(/\d/g, 'x')}`
  const onPhone = Array.from({ length: 3000 }, (_, at) => member(name(at), `L${at}`))
  const onLoan = Array.from({ length: 3000 }, (_, at) => member(name(at), 'L1', { id: `m${at}`, phone: `+9198${10_000_000 + at}` }))
  const wives = Array.from({ length: 3000 }, (_, at) => member(`Sunita Devi W/o ${name(at)}`, `L${at}`))
  const startedAt = performance.now()
  expect(partitionBlock([...wives, member('Sunita Devi', 'L0', { id: 'again' })]).groups.length).toBeGreaterThan(1000)
  expect(partitionBlock(onPhone).groups.length).toBeGreaterThan(1000)
  expect(partitionBlock(onLoan).reviews.length).toBeGreaterThan(1000)
  // Every pair of them would be nine million comparisons, a minute or more.
  expect(performance.now() - startedAt).toBeLessThan(20_000)
})
