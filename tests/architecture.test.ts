import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, it } from 'vitest'

// Imports run one way: main → cli → commands → app → domain; adapters know the domain and never each other.
const LAYERS: Record<string, string[]> = {
  'errors.ts': [],
  domain: ['domain', 'errors.ts'],
  app: ['app', 'domain', 'errors.ts'],
  csv: ['csv', 'domain', 'errors.ts'],
  db: ['db', 'domain', 'errors.ts'],
  server: ['server', 'domain', 'errors.ts'],
  telephony: ['telephony', 'domain', 'errors.ts'],
  ui: ['ui', 'domain', 'errors.ts'],
  'settings.ts': ['domain'],
  'config.ts': ['domain', 'errors.ts', 'settings.ts'],
  'settings-file.ts': ['config.ts', 'settings.ts'],
  'webhook-secret.ts': ['config.ts'],
  'driver-errors.ts': ['errors.ts'],
  'exit-codes.ts': ['errors.ts'],
  'context.ts': ['config.ts', 'db', 'ui'],
  'exchange.ts': ['app', 'config.ts', 'context.ts', 'db', 'server', 'telephony', 'webhook-secret.ts'],
  'reconcile-terms.ts': ['app', 'config.ts'],
  'dialling.ts': ['app', 'config.ts', 'context.ts', 'db', 'exchange.ts', 'reconcile-terms.ts'],
  commands: ['commands', 'app', 'config.ts', 'context.ts', 'csv', 'db', 'dialling.ts', 'domain', 'errors.ts', 'exchange.ts', 'reconcile-terms.ts', 'server', 'settings.ts', 'settings-file.ts', 'telephony', 'ui', 'webhook-secret.ts'],
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
