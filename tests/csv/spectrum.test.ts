import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { readPath } from './a-file.ts'

// https://github.com/max-mapper/csv-spectrum: what a CSV reader must get right, each file with its truth as JSON.
const SPECTRUM = dirname(createRequire(import.meta.url).resolve('csv-spectrum/package.json'))
// Its JSON of location_coordinates is no list, and has another phone number than the CSV.
const names = readdirSync(join(SPECTRUM, 'csvs')).map(file => file.replace(/\.csv$/, ''))

it.each(names)('reads %s of csv-spectrum as its JSON says', async (name) => {
  const { rows: [[, ...headers] = [1], ...rows] } = await readPath(join(SPECTRUM, 'csvs', `${name}.csv`))
  const truth: unknown = JSON.parse(readFileSync(join(SPECTRUM, 'json', `${name}.json`), 'utf8'))
  expect(rows.map(([, ...cells]) => Object.fromEntries(headers.map((header, at) => [header, cells[at]])))).toEqual(name === 'location_coordinates' ? [{ ...truth as object, 'Contact Phone Number': '2095257564' }] : truth)
})

it('finds files to read', () => {
  expect(names).toHaveLength(12)
})
