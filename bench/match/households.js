import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { seeded } from '../webhooks/callbacks.js'

// Given names with other accepted spellings, and beside them names that look alike and are other people's.
const GIVEN = {
  Saraswati: ['Saraswathi', 'Sarasvati'], Dinesh: ['Deenesh'], Chandra: ['Chandara'], Krishna: ['Krushna', 'Krishnaa'], Poonam: ['Punam'], Mukesh: ['Mookesh'], Subhash: ['Subash'],
  Kavita: ['Kavitha', 'Kabita'], Sangeeta: ['Sangita', 'Sangeetha'], Manju: ['Manjoo'], Vikram: ['Bikram', 'Wikram'], Pushpa: ['Puspa'], Jamuna: ['Yamuna'], Deepak: ['Dipak', 'Deepack'],
  Zahid: ['Jahid', 'Zaheed'], Arjun: ['Arjoon', 'Arjuna'], Savitri: ['Savithri', 'Sabitri'], Meenakshi: ['Minakshi', 'Meenaxi'], Prakash: ['Parkash', 'Prakaash'], Mohammad: ['Mohd', 'Muhammad', 'Md'],
  Hemant: ['Hemanth'], Shobha: ['Sobha', 'Shoba'], Lalita: ['Lalitha', 'Laleeta'], Firoz: ['Feroz', 'Phiroz'], Rukmini: ['Rukmani', 'Rukminee'], Iqbal: ['Ikbal'],
}
const LOOKALIKES = [['Dinesh', 'Ganesh'], ['Mukesh', 'Lokesh'], ['Kavita', 'Savita'], ['Lalita', 'Lata'], ['Hemant', 'Hemlata'], ['Poonam', 'Sonam'], ['Vikram', 'Vikrant'], ['Subhash', 'Suhas'], ['Rajesh', 'Ramesh'], ['Mohan', 'Sohan']]
const FAMILY = ['Kumar', 'Devi', 'Singh', 'Bai', 'Lal', 'Sharma', 'Verma', 'Yadav', 'Patel', 'Rao', 'Naidu', 'Khan', 'Ansari', 'Das', 'Mondal', 'Pillai', 'Choudhary', 'Tiwari', 'Begum', 'Kumari']
const RELATIVES = ['Ram Lal', 'Late Hari Om', 'Gopinath', 'Shyam Sundar']

/** Rows of an earlier labelled file: `{ name, phone, loanId, person, form }`. */
export function readHouseholds(file) {
  return parse(readFileSync(file, 'utf8'), { columns: true }).map(row => ({ name: row.name, phone: `+91${row.phone.replace(/\D/g, '').slice(-10)}`, loanId: row.loan_id, person: row.true_person, form: row.true_form }))
}

/** Invented rows of that kind from a seed, with other names: one to three people on a phone, every third household with look-alikes, each person in one to four rows. */
export function makeHouseholds(households, seed) {
  const random = seeded(seed)
  const pick = list => list[Math.floor(random() * list.length)]
  const rows = []
  let person = 0
  for (let house = 0; house < households; house++) {
    const family = pick(FAMILY)
    const names = new Set(house % 3 === 0 ? pick(LOOKALIKES) : Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(Object.keys(GIVEN))))
    for (const given of names) {
      person++
      const surname = random() < 0.7 ? family : pick(FAMILY)
      const relative = pick(RELATIVES)
      const add = (name, form) => rows.push({ name, phone: `+9160${String(10_000_000 + house * 37)}`, loanId: `B${rows.length}`, person: String(person), form })
      add(`${given} ${surname}`, 'base')
      for (let more = Math.floor(random() * 4); more > 0; more--)
        add(...random() < 0.6 ? [inOtherForm(given, surname, relative, pick), 'format'] : [inOtherSpelling(given, surname, pick), 'spelling'])
    }
  }
  return rows
}

/** A working day's file: nearly every phone one borrower's, as `bench:import` has it, so that reviews must be rare. */
export function makePlainDay(borrowers, seed) {
  const random = seeded(seed)
  const pick = list => list[Math.floor(random() * list.length)]
  const given = [...Object.keys(GIVEN), ...LOOKALIKES.flat()]
  return Array.from({ length: borrowers }, (_, at) => {
    const phone = random() < 0.05 ? at - at % 2 : at
    // Two on one phone have two names.
    const first = at % 2 === 0 ? pick(given.slice(0, 20)) : pick(given.slice(20))
    return { name: `${first} ${pick(FAMILY)}`, phone: `+9161${String(10_000_000 + phone * 7)}`, loanId: `P${at}`, person: String(at), form: 'base' }
  })
}

function inOtherForm(given, surname, relative, pick) {
  return pick([`${given.toUpperCase()} ${surname.toUpperCase()}`, `${given}  ${surname}.`, `${surname} ${given}`, `Smt. ${given} ${surname}`, `Shri ${given} ${surname}`, `${given} ${surname} W/O ${relative}`, `${given} ${surname} s/o ${relative}`, `${given} ${surname} (Group 3)`])
}

function inOtherSpelling(given, surname, pick) {
  return pick([...(GIVEN[given] ?? [`${given}a`]).map(other => `${other} ${surname}`), `${given[0]} ${surname}`, given])
}
