import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { VacliError } from '../errors.ts'
import type { WorkbookCell } from './workbook-cell.ts'
import { damaged } from './zip-entries.ts'

const HEAP_MB = 256
// Text, because a worker cannot load TypeScript where the program runs from source.
const PROGRAM = `
  const { parentPort, workerData: { library, workbook, sheet } } = require('node:worker_threads')
  require(library).readSheet(Buffer.from(workbook), sheet, { trim: false, parseNumber: text => [text] })
    .then(rows => parentPort.postMessage({ rows }), ({ name, message }) => parentPort.postMessage({ name, message }))`

type Answer = { rows: WorkbookCell[][] } | { name: string, message: string }

/** The rows of a sheet, the first one by default. It is read in a thread of its own, whose memory has a bound. */
export async function readSheet(workbook: Uint8Array, sheet: string | undefined, name: string): Promise<WorkbookCell[][]> {
  const library = createRequire(import.meta.url).resolve('read-excel-file/node')
  const worker = new Worker(PROGRAM, {
    eval: true,
    workerData: { library, workbook, sheet: sheet ?? 1 },
    transferList: [workbook.buffer as ArrayBuffer],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  })
  const answer = await new Promise<Answer>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(damaged(name)))
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      ? new VacliError('invalid', `${name} is too large a workbook to be read whole`, { hint: 'Open it in Excel and save the sheet as "CSV UTF-8 (Comma delimited)"; CSV has no such limit.', cause: error })
      : error instanceof VacliError ? error : damaged(name, error)
  })
  await worker.terminate()
  if ('rows' in answer)
    return answer.rows
  if (answer.name === 'SheetNotFoundError')
    throw new VacliError('invalid', `${name} has no sheet "${sheet ?? 'of tables'}"; it has ${answer.message.split('Available sheets: ')[1] ?? 'none'}`, { hint: 'Name one of them with --sheet.' })
  throw damaged(name, new Error(answer.message))
}
