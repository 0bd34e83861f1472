import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parse } from 'csv-parse/sync'
import { expect, it } from 'vitest'
import { createHome, type Row } from './run-vacli.ts'

const NAUGHTY = createRequire(import.meta.url)('big-list-of-naughty-strings') as string[]
const CONTROL = /[\u0000-\u0008\u000b-\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\r(?!\n)/u
// Names that every object has, a name of 5,000 letters, one from right to left, and some twice.
const HEADERS = [...new Set([...NAUGHTY.map(text => text.trim()), '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'x'.repeat(5000), 'اسم الفرع', 'name\nof branch'])].filter(Boolean)
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`

it('keeps every cell under its own header, whatever the headers are, and pollutes nothing', async () => {
  const home = createHome()
  const headers = ['name', 'phone', 'loan_id', ...HEADERS, 'Remark', 'Remark', '__proto__']
  const cells = headers.map((_, at) => at === 0 ? 'Asha Rao' : at === 1 ? '9812345678' : at === 2 ? 'LN1' : `cell ${at}`)
  const { code, stdout, stderr } = await home.run(['import', home.write('a.csv', `${headers.map(quoted).join(',')}\n${cells.map(quoted).join(',')}\n`)])
  expect({ code, stdout: stdout.split('\n')[0] }).toEqual({ code: 0, stdout: 'a.csv: upload 1, 1 row: 1 created' })
  expect(CONTROL.exec(stdout + stderr)).toBeNull()

  const { data: [row] } = await home.json<{ data: Row[] }>('list rows')
  const raw = Object.entries(row!.raw as object)
  const keys = [...headers.slice(0, -2), 'Remark (2)', '__proto__ (2)']
  expect(new Map(raw)).toEqual(new Map(keys.map((key, at) => [key, cells[at]])))
  const [, exported] = parse((await home.run('list rows --csv --fields line,raw')).stdout) as string[][]
  expect(JSON.parse(exported![1]!)).toEqual(row!.raw)
  expect(await home.json('list loans')).toMatchObject({ total: 1, data: [{ loan_id: 'LN1', full_name: 'Asha Rao' }] })
})

it('brings them back in the rejects, inert, and takes those again once corrected', async () => {
  const home = createHome()
  const headers = ['name', 'phone', 'loan_id', ...HEADERS]
  const cells = ['Asha Rao', '981', 'LN1', ...HEADERS.map((_, at) => `cell ${at}`)]
  await home.run(['import', home.write('a.csv', `${headers.map(quoted).join(',')}\n${cells.map(quoted).join(',')}\n`)])
  const text = readFileSync(`${home.folder}/a.rejects.csv`, 'utf8')
  const [written] = parse(text, { bom: true }) as string[][]
  expect(written!.filter(header => /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(header) && !/^[+-]\d[\d,]*(?:\.\d+)?$/.test(header))).toEqual([])
  expect(await home.run(['import', home.write('b.csv', text.replace(',981,', ',9812345678,'))])).toMatchObject({ code: 0, stdout: expect.stringContaining('1 row: 1 created') })
  const { data } = await home.json<{ data: Row[] }>('list rows')
  const keysOf = (one: Row) => Object.keys(one.raw as object)
  expect(keysOf(data[0]!)).toEqual(keysOf(data[1]!))
})
