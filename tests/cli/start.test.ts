import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { BIN, createHome, start } from './run-vacli.ts'

const ROOT = join(import.meta.dirname, '../..')
const SLOW = ['better-sqlite3', 'drizzle-orm', 'got', 'inquirer', 'ora']

// Node tells a loader hook of every module before it runs: what is not in that list was not loaded.
const HOOK = `
import { appendFileSync } from 'node:fs'
let list
export function initialize(file) { list = file }
export function load(url, context, next) {
  appendFileSync(list, url + '\\n')
  return next(url, context)
}
`

const home = createHome()
const hook = pathToFileURL(home.write('hook.mjs', HOOK)).href

/** The files that a command loads, from the root of the project. */
async function loadedBy(args: string): Promise<string[]> {
  const list = home.write(`${args.replace(/\W/g, '_')}.txt`, '')
  const register = pathToFileURL(home.write(`${args.replace(/\W/g, '_')}.mjs`, `import { register } from 'node:module'\nregister(${JSON.stringify(hook)}, { data: ${JSON.stringify(list)} })\n`)).href
  const { code } = await start(process.execPath, ['--import', register, BIN, ...args.split(' ')], home.env).ended
  expect([0, 4]).toContain(code)
  return readFileSync(list, 'utf8').split('\n').filter(url => url.startsWith('file:')).map(url => url.slice(pathToFileURL(`${ROOT}/`).href.length))
}

const packagesOf = (files: string[]) => [...new Set(files.flatMap(file => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []))]

describe.concurrent('starting', () => {
  it('--version loads main and nothing else', async () => {
    expect(await loadedBy('--version')).toEqual(['bin/vacli.js', 'dist/main.js', 'dist/errors.js', 'dist/exit-codes.js'])
  })

  it.each(['--help', 'help', 'call --help', 'help webhook serve', 'nosuch --help'])('%s loads the parser and no command', async (args) => {
    const files = await loadedBy(args)
    expect(packagesOf(files)).toEqual(['commander'])
    expect(files.filter(file => file.startsWith('dist/commands/'))).toEqual([])
  })

  it('config list loads no database, no network and no prompt', async () => {
    const packages = packagesOf(await loadedBy('config list'))
    expect(packages).toContain('zod')
    expect(SLOW.filter(name => packages.includes(name))).toEqual([])
  })

  it('list on a machine without a database says so without loading a driver', async () => {
    expect(packagesOf(await loadedBy('list'))).not.toContain('better-sqlite3')
  })

  it('sees what a command does load', async () => {
    expect(packagesOf(await loadedBy('init --no-input'))).toEqual(expect.arrayContaining(['better-sqlite3', 'drizzle-orm']))
  })
})
