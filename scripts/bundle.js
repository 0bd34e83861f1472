// Bundles src into bundle/, which bin/vacli.js runs: a command loads a few chunks instead of hundreds of modules.
import { readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const OUT = join(ROOT, 'bundle')

// What stays a package: native code, what is resolved by its name at run time, and what looks for optional packages.
const EXTERNAL = ['better-sqlite3', 'pg', 'read-excel-file']

const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ['src/main.ts'],
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // All files lie in one folder, as deep as src/main.ts: paths that are relative to it hold in both.
  chunkNames: '[name]-[hash]',
  external: EXTERNAL,
  // Packages in CommonJS ask for Node's own modules by require, which a module does not have.
  banner: { js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url)` },
  metafile: true,
  logLevel: 'warning',
})

// What an earlier build left goes last, so that no chunk is missing at any moment.
const written = new Set(Object.keys(metafile.outputs).map(path => basename(path)))
for (const stale of readdirSync(OUT).filter(name => !written.has(name)))
  rmSync(join(OUT, stale))
