import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { check } from 'recheck'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { plainMessage } from '../../src/ui/plain-text.ts'
import { tell } from './tell.ts'

const SRC = join(import.meta.dirname, '../../src')

/** Every regular expression that stands as such in the source. */
function literals(): { where: string, source: string, flags: string }[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts')).flatMap((name) => {
    const file = ts.createSourceFile(name, readFileSync(join(SRC, name), 'utf8'), ts.ScriptTarget.Latest, true)
    const found: { where: string, source: string, flags: string }[] = []
    const visit = (node: ts.Node) => {
      if (ts.isRegularExpressionLiteral(node)) {
        const [, source, flags] = /^\/(.*)\/([a-z]*)$/s.exec(node.text)!
        found.push({ where: `${name}:${file.getLineAndCharacterOfPosition(node.pos).line + 1}`, source: source!, flags: flags! })
      }
      ts.forEachChild(node, visit)
    }
    visit(file)
    return found
  })
}

// Quadratic on a long run of one character, which none of them ever sees.
const BOUNDED: Record<string, string> = {
  'exchange.ts /\\/+$/': 'an address of the settings',
  'telephony/exotel.ts /\\/+$/': 'an address of the settings',
  'csv/workbook-cell.ts /0+$/': 'a number as JavaScript writes it',
  'domain/file-checks.ts /^[-–—\\s\\u00a0]*[-–—][-–—\\s\\u00a0]*$/': 'a cell of at most 20 characters',
  'domain/listed-call.ts /\\d*$/': 'the last ten characters of a number',
  'domain/phone.ts /0+$/': 'the digits of a number that was told from its cell',
  'domain/phone.ts /\\+\\s*\\(?\\s*$/': 'what stands before a number in a cell',
  'ui/format.ts /\\B(?=(?:\\d{2})*\\d{3}$)/': 'the digits of a count',
  'ui/table.ts / +$/': 'a line as wide as the terminal',
}
const QUICK: Record<string, string> = { 'domain/name.ts': 'RELATION is tried on 300,000 characters of each kind in name.test.ts' }

// https://makenowjust-labs.github.io/recheck/: automata where they can tell, fuzzing where not.
it('no regular expression can be made to go back over its text again and again', async () => {
  const all = literals()
  const results = []
  for (const { where, source, flags } of all) {
    const told = await check(source, flags, { timeout: 20_000 })
    results.push({ where, source, status: told.status, type: told.status === 'unknown' ? undefined : told.complexity.type })
  }
  tell(`${all.length} regular expressions: ${results.filter(({ status }) => status === 'safe').length} safe, ${results.filter(({ status }) => status === 'unknown').length} not told in 20 s`)
  expect(all.length).toBeGreaterThan(100)
  expect(results.filter(({ type }) => type === 'exponential')).toEqual([])
  const known = ({ where, source }: { where: string, source: string }) => `${where.split(':')[0]} /${source}/` in BOUNDED || where.split(':')[0]! in QUICK
  expect(results.filter(result => result.status === 'vulnerable' && !known(result))).toEqual([])
})

it('the ones that are put together are as quick on hostile text', () => {
  const began = performance.now()
  for (const piece of ['\u001b[', '\u001b]', '\u009b0', '\u001b]8;;', '\u0090', '\r', '\u202e', '\u001b[0;'])
    plainMessage(piece.repeat(300_000 / piece.length))
  expect(performance.now() - began).toBeLessThan(5000)
})
