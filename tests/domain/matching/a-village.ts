import type { LoanRow } from '../../../src/domain/loan-row.ts'
import { seeded } from '../../faults/seeded.ts'
import { aRow } from '../a-row.ts'

/** A row of one of the people of the village; `tag` names it in any order. */
export interface VillageRow { tag: string, person: string, row: LoanRow }

const GIVEN: Record<string, string[]> = {
  Poonam: ['Punam'], Kavita: ['Kavitha', 'Kabita'], Deepak: ['Dipak'], Zahid: ['Jahid'], Lakshmi: ['Laxmi'], Prakash: ['Parkash'], Shobha: ['Sobha'], Savitri: ['Savithri'], Mohammad: ['Mohd', 'Md'],
  Rajesh: ['Rajes'], Ramesh: ['Rames'], Rohit: [], Sunita: ['Suneeta'], Anita: [], Mohan: [], Sohan: [], Vikram: ['Bikram'],
}
const ALIKE = [['Rajesh', 'Ramesh'], ['Rajesh', 'Rohit'], ['Sunita', 'Anita'], ['Mohan', 'Sohan'], ['Kavita', 'Savitri']]
const FAMILY = ['Kumar', 'Devi', 'Singh', 'Sharma', 'Yadav', 'Khan', 'Mishra', 'Das']
const FATHERS = ['Ram Lal', 'Shyam Sundar', 'Gopinath', 'Late Hari Om']

/**
 * Rows of a lender's file from a seed: one to four people on a phone, look-alikes, namesakes of two fathers, initials, the dead, joint loans and rows without a phone.
 * In a tangled one loans stand in the file more than once: with another spelling, another phone, lost zeros, or another person's name.
 */
export function aVillage(households: number, seed: number, { isTangled = false } = {}): VillageRow[] {
  const random = seeded(seed)
  const pick = <One>(list: readonly One[]) => list[Math.floor(random() * list.length)]!
  const chance = (share: number) => random() < share
  const rows: VillageRow[] = []
  const add = (person: string, name: string, phone: string, loan: string) => rows.push({ tag: `${rows.length}`, person, row: aRow({ name, phone, loan_id: loan, due_amount: '1,500' }) })
  for (let house = 0; house < households; house++) {
    const phoneOf = (at: number) => `98${String(10_000_000 + (house * 7 + at) * 11).slice(0, 8)}`
    const family = pick(FAMILY)
    const names = house % 3 === 0 ? pick(ALIKE) : house % 7 === 1 ? ['Rajesh', 'Rajesh'] : Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(Object.keys(GIVEN)))
    for (const [member, given] of names.entries()) {
      const father = FATHERS[member % FATHERS.length]!
      for (let more = Math.floor(random() * 5); more >= 0; more--) {
        const phone = chance(0.03) ? '' : chance(0.05) ? phoneOf(1 + member) : phoneOf(0)
        const own = `L${rows.length}`
        const told = [rows.at(-1)?.row.loanId ?? own, `V${house}-${member}`, `V${house}-${member}`, `${500_000 + house}`, `000${500_000 + house}`]
        const loan = isTangled && chance(0.25) ? pick(told) : own
        add(`${house} ${given} ${names.indexOf(given) === member ? '' : member}`, written(given, family, father, names, { pick, chance }), phone, loan)
      }
    }
  }
  return rows
}

function written(given: string, family: string, father: string, names: string[], { pick, chance }: { pick: <One>(list: readonly One[]) => One, chance: (share: number) => boolean }): string {
  const plain = `${given} ${family}`
  const form = pick([plain, plain, plain.toUpperCase(), `${family}  ${given}.`, `Shri ${plain}`, `${plain} S/O ${father}`, `${plain} S/O ${father}`, `${plain} (Group 3)`, given, `${given[0]} ${family}`, `${pick([...GIVEN[given]!, given])} ${family}`])
  if (chance(0.03))
    return `Late ${form}`
  return chance(0.04) ? `${form} & ${pick(names)} ${family}` : form
}

/** The same rows in an order from a seed. */
export function shuffled<One>(list: readonly One[], seed: number): One[] {
  const random = seeded(seed)
  return list.map(one => ({ one, at: random() })).sort((a, b) => a.at - b.at).map(({ one }) => one)
}
