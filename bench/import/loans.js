import { closeSync, openSync, writeSync } from 'node:fs'
import { seeded } from '../webhooks/callbacks.js'

const FIRST = ['Rajesh', 'Sunita', 'Lakshmi', 'Mohan', 'Asha', 'Imran', 'Fatima', 'Suresh', 'Geeta', 'Ramesh', 'Anita', 'Vijay', 'Kavita', 'Deepak', 'Meena', 'Arjun']
const LAST = ['Kumar', 'Devi', 'Rao', 'Sharma', 'Khan', 'Patil', 'Das', 'Singh', 'Yadav', 'Naidu', 'Pillai', 'Bose']
const HEADER = 'name,phone,loan_id,amount,due_date,state,Cluster,Branch,Branch Contact Number,Employee,Employee ID,Employee Contact Number,Last Paid Date,Last Paid Amount,Due Amount'
const CUSTOMERS = 0.57

/** Writes the guide's fifteen columns: about 570,000 invented customers in a million rows, in no order. `lastPaid` is what a later file changes. */
export function writeLoans(file, rows, { seed, lastPaid = 1000 }) {
  const random = seeded(seed)
  const customers = Math.ceil(rows * CUSTOMERS)
  const output = openSync(file, 'w', 0o600)
  let lines = [HEADER]
  for (let at = 0; at < rows; at++) {
    const customer = at < customers ? at : Math.floor(random() * customers)
    const branch = customer % 300
    lines.push([
      `${FIRST[customer % FIRST.length]} ${LAST[Math.floor(customer / 7) % LAST.length]}`, 6_200_000_000 + (customer * 2_654_435) % 3_700_000_000, `LN${String((at * 7919) % 10_000_019).padStart(9, '0')}`,
      10_000 + at % 90_000, `${13 + at % 15}/0${1 + at % 9}/2026`, 'Karnataka', `Cluster ${branch % 12}`, `Branch ${branch}`, `080-${22_000_000 + branch}`,
      `Officer ${customer % 2000}`, `EMP${customer % 2000}`, `96${String(10_000_000 + customer % 2000)}`, '15/10/2026', lastPaid + at % 4000, 500 + at % 9000,
    ].join(','))
    if (lines.length === 5000 || at === rows - 1) {
      writeSync(output, `${lines.join('\n')}\n`)
      lines = []
    }
  }
  closeSync(output)
}
