import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { BIN, createHome, FIXTURES, start } from './run-vacli.ts'

const ROOT = join(import.meta.dirname, '../..')
const DATABASE = ['better-sqlite3', 'drizzle-orm']
const SELDOM = ['got', 'hono', 'inquirer', 'ora', 'pg', 'zod']

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
async function filesOf(args: string, { env, write } = home): Promise<string[]> {
  const list = write(`${args.replace(/\W/g, '_')}.txt`, '')
  const register = pathToFileURL(write(`${args.replace(/\W/g, '_')}.mjs`, `import { register } from 'node:module'\nregister(${JSON.stringify(hook)}, { data: ${JSON.stringify(list)} })\n`)).href
  const { code } = await start(process.execPath, ['--import', register, BIN, ...args.split(' ')], env).ended
  expect([0, 4]).toContain(code)
  return readFileSync(list, 'utf8').split('\n').filter(url => url.startsWith('file:')).map(url => url.slice(pathToFileURL(`${ROOT}/`).href.length))
}

/** The modules that a command loads: the bundler writes the name of each above what it made of it. */
async function loadedBy(args: string, as = home): Promise<string[]> {
  return (await filesOf(args, as)).flatMap(file => file.startsWith('bundle/')
    ? [...readFileSync(join(ROOT, file), 'utf8').matchAll(/^\/\/ ((?:src|node_modules)\/.*)$/gm)].map(([, module]) => module!)
    : [file])
}

const packagesOf = (files: string[]) => [...new Set(files.flatMap(file => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []))]

describe.concurrent('starting', () => {
  it('--version loads main and nothing else', async () => {
    expect([...new Set(await loadedBy('--version'))].sort()).toEqual(['bin/vacli.js', 'src/errors.ts', 'src/exit-codes.ts', 'src/main.ts'])
  })

  it.each(['--help', 'help', 'call --help', 'help webhook serve', 'nosuch --help'])('%s loads the parser and no command', async (args) => {
    const modules = await loadedBy(args)
    expect(packagesOf(modules)).toEqual(['commander'])
    expect(modules.filter(module => module.startsWith('src/commands/'))).toEqual([])
  })

  it('config list loads no database, no network, no prompt and no schemas', async () => {
    const packages = packagesOf(await loadedBy('config list'))
    expect(packages).toContain('env-paths')
    expect([...DATABASE, ...SELDOM].filter(name => packages.includes(name))).toEqual([])
  })

  it('list on a machine without a database says so without loading a driver', async () => {
    const packages = packagesOf(await loadedBy('list'))
    expect(['better-sqlite3', ...SELDOM].filter(name => packages.includes(name))).toEqual([])
  })

  it('list and import load the database, nothing that they seldom need, and all of it from few files', async () => {
    const ready = createHome()
    expect(await ready.run('init --no-input')).toMatchObject({ code: 0 })
    for (const args of ['list', `import ${FIXTURES}/branch-clean.csv`]) {
      const packages = packagesOf(await loadedBy(args, ready))
      expect([...DATABASE, ...SELDOM].filter(name => packages.includes(name))).toEqual(DATABASE)
      expect((await filesOf(args, ready)).length).toBeLessThan(80)
    }
  })

  it('sees what a command does load', async () => {
    const modules = await loadedBy('init --no-input', createHome())
    expect(packagesOf(modules)).toEqual(expect.arrayContaining(DATABASE))
    expect(modules).toEqual(expect.arrayContaining(['src/cli.ts', 'src/commands/init.ts', 'src/db/sqlite.ts']))
  })
})
