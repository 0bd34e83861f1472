import { createRequire } from 'node:module'
import { beforeEach, describe, expect, it } from 'vitest'
import { importRows, NOW } from './borrowers.ts'
import { BACKENDS, query, useStage } from './open-stores.ts'

const NAUGHTY = createRequire(import.meta.url)('big-list-of-naughty-strings') as string[]
const TEXTS = [...NAUGHTY, '%', '_', '\\', '\'', '" or 1=1 --', 'a\\%_b', 'x\'; drop table loans; --', 'ASHA', '%%', '\\\\']

const lower = (text: string | null) => (text ?? '').replace(/[A-Z]/g, letter => letter.toLowerCase())

describe.each(BACKENDS)('a filter on $name', (backend) => {
  const stage = useStage(backend)
  // SQLite lowers ASCII alone, PostgreSQL what its locale says: there the same letters must be found, and no error come up.
  const isExact = backend.name === 'SQLite'
  const asked = isExact ? TEXTS : TEXTS.filter((_, at) => at % 8 === 0 || at >= NAUGHTY.length)

  beforeEach(() => importRows(stage.store, TEXTS.map((text, at) => ({ name: `Asha ${text}`, phone: String(9_812_000_000 + at), loan_id: `LN${at}`, due_amount: '100', branch: text, employee: text, state: text }))))

  it('takes whatever is asked for as text, and finds that and nothing else', async () => {
    const all = await stage.store.listLoans({}, NOW, { limit: 0 })
    expect(all.length).toBeGreaterThan(300)
    for (const text of asked) {
      const find = async (filter: object) => (await stage.store.listLoans(filter, NOW, { limit: 0 })).map(({ loanId }) => loanId).sort()
      const expected = (holds: (loan: typeof all[number]) => boolean) => all.filter(holds).map(({ loanId }) => loanId).sort()
      const same = isExact ? lower : (one: string | null) => one
      const verify = (found: string[], wanted: string[]) => isExact ? expect(found).toEqual(wanted) : expect(found).toEqual(expect.arrayContaining(wanted))
      verify(await find({ branch: text }), expected(({ branch }) => branch !== null && same(branch) === same(text)))
      verify(await find({ employee: text }), expected(({ employeeName }) => employeeName !== null && same(employeeName) === same(text)))
      verify(await find({ search: text }), expected(({ fullName, primaryPhone, loanId }) => [fullName, primaryPhone, loanId].some(one => same(one ?? '')!.includes(same(text)!))))
      verify(await find({ loanIds: [text] }), expected(({ loanId }) => loanId === text))
    }
    expect(Number((await query(stage.backend, 'select count(*) as n from loans'))[0]!.n)).toBe(all.length)
  })
})
