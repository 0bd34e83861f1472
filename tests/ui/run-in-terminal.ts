import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'

const ROOT = join(import.meta.dirname, '../..')

export interface TerminalRun {
  code: number | null
  /** Everything the terminal showed, with its escape bytes. */
  screen: string
  /** What went to a file in place of stdout, where the run asked for it. */
  stdout: string
}

/** src/ui as JavaScript in a folder of its own, so that a child process needs no build and no loader. */
export function transpileUi(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vacli-ui-'))
  mkdirSync(join(folder, 'ui'))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')

  const files = ['errors.ts', ...readdirSync(join(ROOT, 'src/ui')).map(name => `ui/${name}`)]
  for (const file of files) {
    const { outputText } = ts.transpileModule(readFileSync(join(ROOT, 'src', file), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, rewriteRelativeImportExtensions: true, verbatimModuleSyntax: true },
    })
    writeFileSync(join(folder, file.replace(/ts$/, 'js')), outputText)
  }
  return folder
}

/**
 * Runs a module in a real terminal (util-linux `script`) of the given size, and types each answer once its cue is on the screen.
 * Without a size the terminal has 0 columns, as one that nobody has sized.
 */
export function runInTerminal(folder: string, source: string, { size, type = [], stdoutToFile = false }: {
  size?: { columns: number, rows: number }
  type?: { cue: string, keys: string }[]
  stdoutToFile?: boolean
} = {}): Promise<TerminalRun> {
  const name = `run-${Math.random().toString(36).slice(2)}`
  writeFileSync(join(folder, `${name}.js`), source)
  const resize = size ? `stty cols ${size.columns} rows ${size.rows};` : ''
  const command = `${resize} exec '${process.execPath}' '${join(folder, `${name}.js`)}' ${stdoutToFile ? `> '${join(folder, `${name}.out`)}'` : ''}`

  const child = spawn('script', ['-qefc', command, '/dev/null'], { stdio: 'pipe', env: { ...process.env, TERM: 'xterm-256color' } })
  const cues = [...type]
  let screen = ''
  child.stdout.setEncoding('utf8').on('data', (shown: string) => {
    screen += shown
    const [next] = cues
    if (next && screen.includes(next.cue)) {
      cues.shift()
      child.stdin.write(next.keys)
    }
  })

  return new Promise(resolve => child.once('close', code => resolve({
    code, screen, stdout: stdoutToFile ? readFileSync(join(folder, `${name}.out`), 'utf8') : '',
  })))
}
