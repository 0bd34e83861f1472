import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, it } from 'vitest'

// Imports run one way: main → cli → commands → app → domain; adapters know the domain and never each other.
const LAYERS: Record<string, string[]> = {
  'errors.ts': [],
  'package-root.ts': [],
  'private-folder.ts': [],
  domain: ['domain', 'errors.ts'],
  app: ['app', 'domain', 'errors.ts'],
  csv: ['csv', 'domain', 'errors.ts'],
  db: ['db', 'domain', 'errors.ts', 'package-root.ts', 'private-folder.ts'],
  server: ['server', 'domain', 'errors.ts'],
  telephony: ['telephony', 'domain', 'errors.ts'],
  ui: ['ui', 'domain', 'errors.ts'],
  'settings.ts': ['domain'],
  'config.ts': ['domain', 'errors.ts', 'settings.ts'],
  'settings-file.ts': ['config.ts', 'private-folder.ts', 'settings.ts'],
  'webhook-secret.ts': ['config.ts', 'private-folder.ts'],
  'driver-errors.ts': ['errors.ts'],
  'exit-codes.ts': ['errors.ts'],
  'context.ts': ['config.ts', 'db', 'ui'],
  'exchange.ts': ['app', 'config.ts', 'context.ts', 'db', 'private-folder.ts', 'server', 'telephony', 'webhook-secret.ts'],
  'reconcile-terms.ts': ['app', 'config.ts'],
  'dialling.ts': ['app', 'config.ts', 'context.ts', 'db', 'exchange.ts', 'reconcile-terms.ts'],
  commands: ['commands', 'app', 'config.ts', 'context.ts', 'csv', 'db', 'dialling.ts', 'domain', 'errors.ts', 'exchange.ts', 'package-root.ts', 'reconcile-terms.ts', 'server', 'settings.ts', 'settings-file.ts', 'telephony', 'ui', 'webhook-secret.ts'],
  // The help text lists what the sandbox stages; those tables are data without imports.
  cli: ['telephony/sandbox/fates.ts', 'telephony/sandbox/faults.ts'],
  'cli.ts': ['cli', 'commands', 'context.ts'],
  'main.ts': ['cli.ts', 'config.ts', 'context.ts', 'driver-errors.ts', 'errors.ts', 'exit-codes.ts', 'ui'],
}

// Each technology has one home.
const HOMES: Record<string, RegExp> = {
  'better-sqlite3': /^db\//,
  'drizzle-orm': /^db\//,
  pg: /^db\//,
  got: /^telephony\//,
  commander: /^(?:cli\.ts|cli\/|main\.ts)/,
  chalk: /^(?:ui|commands)\//,
  ora: /^(?:ui|commands)\//,
  'cli-table3': /^(?:ui|commands)\//,
  inquirer: /^(?:ui|commands)\//,
  hono: /^(?:server|telephony\/sandbox)\//,
  '@hono/node-server': /^(?:server|telephony\/sandbox)\//,
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
const sourceOf = (file: string) => readFileSync(join('src', file), 'utf8')

/** Modules that a file needs when it runs; `import type` leaves nothing behind. */
function importsOf(file: string): string[] {
  const source = sourceOf(file)
  return [
    ...[...source.matchAll(/^(?:import|export) (?!type\b)(?:[^'\n]*? from )?'([^']+)'/gm)].map(match => match[1]!),
    ...[...source.matchAll(/^\} from '([^']+)'/gm)].map(match => match[1]!),
    ...[...source.matchAll(/\bimport\('([^']+)'\)/g)].map(match => match[1]!),
  ]
}

it.each(files)('%s keeps to its layer', (file) => {
  const layer = file.includes('/') ? file.split('/')[0]! : file
  const allowed = LAYERS[layer]
  expect(allowed, `${file} belongs to no layer; give it one in this test`).toBeDefined()
  for (const path of importsOf(file).filter(path => path.startsWith('.'))) {
    const target = relative('.', join(dirname(file), path))
    expect(allowed!.some(name => target === name || target.startsWith(`${name}/`)), `${file} imports ${target}`).toBe(true)
  }
})

it.each(files)('%s leaves each technology in its home', (file) => {
  for (const path of importsOf(file).filter(path => !path.startsWith('.'))) {
    const home = HOMES[Object.keys(HOMES).find(name => path === name || path.startsWith(`${name}/`)) ?? '']
    expect(!home || home.test(file), `${file} imports ${path}`).toBe(true)
  }
})

it.each(files)('%s reads the environment and exits only where that is its task', (file) => {
  const source = sourceOf(file)
  if (file !== 'config.ts')
    expect(source).not.toMatch(/process\.env/)
  if (file !== 'main.ts')
    expect(source).not.toMatch(/process\.exit\b/)
})

it('finds files to check', () => {
  expect(files.length).toBeGreaterThan(50)
})

const withoutSandbox = files.filter(file => !file.startsWith('telephony/sandbox/'))
const hitsOf = (pattern: RegExp, among = files) => among.flatMap(file => [...sourceOf(file).matchAll(pattern)].map(([text]) => `${file}: ${text}`))

it('sends what reaches Exotel from one place, never again by itself, over a connection of its own', () => {
  expect(hitsOf(/from 'got'|\brequest(?: as \w+)? \} from 'node:https?'/g, withoutSandbox)).toEqual([
    'telephony/send-once.ts: request as requestHttp } from \'node:http\'', 'telephony/send-once.ts: request as requestHttps } from \'node:https\'',
  ])
  expect(hitsOf(/ request\(url, .*createConnection: guardedConnection\(/g, withoutSandbox)).toHaveLength(1)
  expect(hitsOf(/\brequest(?:Https?)?\(/g, ['telephony/send-once.ts'])).toHaveLength(1)
  expect(hitsOf(/\bkeepAlive:|\bagent:|\bAgent\(/g, withoutSandbox)).toEqual([])
  expect(hitsOf(/(?<![.\w])fetch\(|\bhttps?\.request\(|from '(?:undici|axios|node-fetch)'|\b(?:pRetry|withRetry|retryable|retries:)\b/g, withoutSandbox)).toEqual([])
})

it('begins every transaction that writes as an immediate one', () => {
  const transactions = hitsOf(/\.transaction\(/g)
  expect(transactions.filter(hit => !/^db\/(?:sqlite|postgres)\.ts/.test(hit))).toEqual([])
  const sqlite = sourceOf('db/sqlite.ts')
  expect([...sqlite.matchAll(/\.immediate\(\)/g)]).toHaveLength([...sqlite.matchAll(/\.transaction\(/g)].length)
  expect(hitsOf(/\.(?:deferred|exclusive)\(\)|'begin(?: deferred)?'/gi)).toEqual([])
})

it('writes calls, claims and their timeline in batches alone; what stands outside of one is a single statement', () => {
  const outside = hitsOf(/\bdb\.(?:insert|update|delete)\(/g)
  expect(outside.filter(hit => !/^db\/(?:meta|upload)-store\.ts/.test(hit))).toEqual([])
})
