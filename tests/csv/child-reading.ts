import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { folder } from './a-file.ts'

const CHILD = join(import.meta.dirname, 'child-reader.js')
export const MB = 1_048_576
const LARGE = 256
export const PEAK_MB = 300
export const HEADER = 'name,phone,loan_id,amount,due_date\n'

/** `readMb`: what the process read, its own program among it. */
export interface Outcome { refusal: string | null, records: number, peakMb: number, readMb: number }

/** The file is made, read in a process of its own and removed. */
export function readLarge(first: string, fill: (block: Buffer) => Buffer, megabytes = LARGE): Outcome {
  const path = join(folder, 'hostile.csv')
  const file = openSync(path, 'w')
  writeSync(file, first)
  for (let left = megabytes; left > 0; left -= 8)
    writeSync(file, fill(Buffer.alloc(8 * MB)))
  closeSync(file)
  try {
    return readIn(path)
  }
  finally {
    rmSync(path)
  }
}

export function readIn(path: string): Outcome {
  return JSON.parse(execFileSync(process.execPath, [CHILD, path], { encoding: 'utf8' })) as Outcome
}

export const lineOf = (text: string) => (block: Buffer) => block.fill(text)
