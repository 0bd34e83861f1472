import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import ts from 'typescript'

const ROOT = join(import.meta.dirname, '../..')

export interface ChildRun { code: number | null, signal: NodeJS.Signals | null, out: string, err: string }
export interface Child { tell(line: string): void, kill(signal: NodeJS.Signals): void, said(word: string): Promise<void>, ended: Promise<ChildRun> }

/** What src/db needs, or these layers and files of src, as JavaScript in a folder of its own, so that another process needs no build and no loader. */
export function transpileSource(parts = ['db', 'domain']): string {
  const folder = mkdtempSync(join(tmpdir(), 'vacli-source-'))
  for (const name of ['node_modules', 'migrations'])
    symlinkSync(join(ROOT, name), join(folder, name))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')

  const files = parts.flatMap(part => part.endsWith('.ts') ? [part] : readdirSync(join(ROOT, 'src', part), { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts')).map(name => `${part}/${name}`))
  for (const file of [...files, 'errors.ts', 'package-root.ts', 'private-folder.ts']) {
    const { outputText } = ts.transpileModule(readFileSync(join(ROOT, 'src', file), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, rewriteRelativeImportExtensions: true, verbatimModuleSyntax: true },
    })
    const to = join(folder, 'src', file.startsWith('..') ? basename(file) : file).replace(/ts$/, 'js')
    mkdirSync(dirname(to), { recursive: true })
    writeFileSync(to, outputText)
  }
  return folder
}

/** Runs a module, given as text beside `src`, in a process of its own. */
export function runSource(folder: string, source: string): Child {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], { cwd: folder, stdio: 'pipe' })
  let out = ''
  let err = ''
  const waiting: (() => void)[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    waiting.splice(0).forEach(look => look())
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => err += text)
  const ended = new Promise<ChildRun>(resolve => child.once('close', (code, signal) => resolve({ code, signal, out, err })))

  return {
    tell: line => void child.stdin.write(`${line}\n`),
    kill: signal => void child.kill(signal),
    ended,
    said: word => Promise.race([
      new Promise<void>((resolve) => {
        const look = () => out.includes(word) ? resolve() : void waiting.push(look)
        look()
      }),
      ended.then(({ code }) => {
        if (!out.includes(word))
          throw new Error(`the process ended with ${code} before it said ${word}: ${err}`)
      }),
    ]),
  }
}
