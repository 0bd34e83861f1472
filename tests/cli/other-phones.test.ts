import { beforeAll, describe, expect, it } from 'vitest'
import { type Borrower, createHome, type Home, loanFile, type Row } from './run-vacli.ts'

const RAJESH: Borrower = { name: 'Rajesh Kumar', phone: '9812340101', loan: 'L1' }
const OLD = RAJESH.phone
const NEW = '9812340102'
const SECOND = '9812340103'
const SHARED = '9812340104'

let home: Home
let [rajesh, asha] = [0, 0]

beforeAll(async () => {
  home = createHome()
  const files = [[RAJESH, { name: 'Asha Rao', phone: `9812340105 / ${SHARED}`, loan: 'L2' }], [{ ...RAJESH, phone: `${NEW}/${SECOND}` }], [{ ...RAJESH, phone: `${NEW}/${SHARED}` }]]
  for (const [at, borrowers] of files.entries())
    await home.run(['import', home.write(`${at}.csv`, loanFile(borrowers))])
  const { data } = await home.json<{ data: Row[] }>('list')
  const idOf = (name: string) => Number(data.find(({ full_name }) => full_name === name)!.customer_id)
  ;[rajesh, asha] = [idOf('Rajesh Kumar'), idOf('Asha Rao')]
})

describe.concurrent.each(['why', 'show'])('%s', (command) => {
  it.each([['an old phone', OLD, 'superseded'], ['an old phone', `+91 ${OLD}`, 'superseded'], ['a second phone', SECOND, 'alternate']])('finds a customer by %s, %s, and says what it is', async (what, typed, kind) => {
    const number = `+91${typed.slice(-10)}`
    expect(await home.json([command, typed])).toMatchObject({ customer_id: rajesh, primary_phone: `+91${NEW}`, found_by: { number, kind } })
    expect((await home.run([command, typed])).stdout).toContain(`\n${number} is ${what} of this customer and is not called\n`)
  })

  it('says nothing of the phone that is called', async () => {
    expect(await home.json([command, NEW])).toMatchObject({ customer_id: rajesh, found_by: null })
    expect((await home.run([command, NEW])).stdout).not.toContain('is not called')
  })

  it('names the candidates where it is a second phone of several', async () => {
    expect(await home.run([command, SHARED])).toEqual({ code: 2, stdout: '', stderr: `error: a second phone, ${SHARED}, belongs to 2 customers\nName one by its id: ${[`${rajesh} Rajesh Kumar`, `${asha} Asha Rao`].sort().join(', ')}\n` })
  })

  it('finds whom a person made one with another by the phone of either', async () => {
    const own = createHome()
    await own.run(['import', own.write('a.csv', loanFile([RAJESH])), own.write('b.csv', loanFile([{ ...RAJESH, name: 'Vikas Singh', phone: NEW, loan: 'L2' }])), own.write('c.csv', loanFile([{ ...RAJESH, name: 'Vikas Singh', phone: NEW }]))])
    await own.run('match decide 1 merge')
    const [one] = (await own.json<{ data: Row[] }>('list')).data
    for (const phone of [OLD, NEW])
      expect(await own.json([command, phone])).toMatchObject({ customer_id: one!.customer_id })
  })
})

it('nobody is called or listed by an old phone, but the customer is named', async () => {
  for (const line of [`call --customer ${OLD} --yes`, `list --customer ${OLD}`])
    expect(await home.run(line)).toEqual({ code: 2, stdout: '', stderr: `error: no customer has the phone ${OLD}\nIt is an old phone of ${rajesh} Rajesh Kumar: name one by its id.\n` })
})
