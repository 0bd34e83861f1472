// How well and how fast rows are matched, and what that costs beside staging them: npm run bench:match. HOUSEHOLDS=<labelled csv> measures that file, else rows are made from SEED.
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compareBorrowers } from '../dist/domain/matching/compare-borrowers.js'
import { partitionBlock } from '../dist/domain/matching/partition-block.js'
import { readName } from '../dist/domain/matching/read-name.js'
import { seeded } from './webhooks/callbacks.js'
import { writeLoans } from './import/loans.js'
import { measure } from './measure.js'
import { makeHouseholds, makePlainDay, readHouseholds } from './match/households.js'
import { countAgreeingShuffles, measureQuality, partitionRows } from './match/quality.js'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const SHUFFLES = 20
const FILE = process.argv[2] ?? process.env.HOUSEHOLDS
const say = line => process.stdout.write(`${line}\n`)
const percent = ({ of, part }) => `${(of ? part / of : 1).toFixed(4)} (${part} of ${of})`

function report(name, rows) {
  const { wrong, form, spelling, asked, reviews, missed, strangers } = measureQuality(rows)
  say(`${name}, ${rows.length} rows:`)
  say(`  pairs of different people merged: ${wrong.length} (goal 0)${wrong.slice(0, 5).map(pair => `\n    ${pair}`).join('')}`)
  say(`  pairs that differ in form, merged: ${percent(form)} (goal 0.99)`)
  say(`  pairs that differ in spelling, merged or in review: ${percent(spelling)} (goal 0.95)`)
  say(`  pairs in review that are one person: ${percent(asked.same)}; or look alike: ${percent(asked.alike)} (goal 0.5)`)
  say(`  reviews per 1,000 rows: ${(reviews / rows.length * 1000).toFixed(1)}`)
  say(`  missed: ${missed.slice(0, 12).join(' · ') || 'none'}`)
  say(`  asked about strangers: ${strangers.slice(0, 12).join(' · ') || 'none'}`)
}

function time(label, count, run) {
  run()
  const { user } = process.cpuUsage()
  run()
  say(`${label}: ${((process.cpuUsage().user - user) / count).toFixed(2)} µs of CPU`)
}

say(`node ${process.version}, ${cpus().length} cores (${cpus()[0].model}), seed ${SEED}`)
const rows = FILE ? readHouseholds(FILE) : makeHouseholds(2500, SEED)
report(FILE ?? 'made from the seed', rows)
say(`  shuffles with the same groups and reviews: ${countAgreeingShuffles(rows, SHUFFLES, seeded(SEED))} (goal ${SHUFFLES})`)
const day = makePlainDay(20_000, SEED)
report('a plain day', day)

const names = rows.slice(0, 2000).map(({ name }) => name)
const read = names.map(name => readName(name))
const onPhone = { phone: true, loan: false }
time('reading a name', names.length * 50, () => { for (let at = 0; at < names.length * 50; at++) readName(names[at % names.length]) })
time('comparing a pair', 100_000, () => { for (let at = 0; at < 100_000; at++) compareBorrowers(read[at % read.length], read[(at * 7 + 1) % read.length], onPhone) })
time('comparing a pair of equal names', 100_000, () => { for (let at = 0; at < 100_000; at++) compareBorrowers(read[at % read.length], read[at % read.length], onPhone) })
time('deciding a row of a shared phone, in households', rows.length, () => partitionRows(rows))
time('deciding a row of a plain day', day.length, () => partitionRows(day))
time('deciding a block of one row', day.length, () => day.forEach(({ name, phone, loanId }) => partitionBlock([{ id: loanId, name, phones: [phone], loans: [loanId] }])))

// In processes of their own: rows are staged, then decided and judged.
const STAGED = Number(process.env.ROWS ?? 200_000)
const home = mkdtempSync(join(tmpdir(), 'vacli-bench-match-'))
try {
  const [file, database, vacli] = [join(home, 'loans.csv'), join(home, 'vacli.db'), fileURLToPath(new URL('../bin/vacli.js', import.meta.url))]
  writeLoans(file, STAGED, { seed: SEED })
  const staging = await measure([vacli, 'import', file, '--no-match', '--db', database, '--quiet'], home)
  const matching = await measure([vacli, 'match', '--db', database, '--quiet'], home)
  if (![0, 3].includes(staging.status) || matching.status !== 0)
    throw new Error(`staging ended with ${staging.status}, matching with ${matching.status}`)
  say(`${STAGED} rows: staged with ${staging.cpu.toFixed(1)} s of CPU, matched and judged with ${matching.cpu.toFixed(1)} s: × ${(matching.cpu / staging.cpu).toFixed(2)} (goal 2); peak ${matching.peak.toFixed(0)} MB`)
}
finally {
  rmSync(home, { recursive: true })
}
