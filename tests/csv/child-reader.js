// Reads a file to its end, or to its refusal, and tells what came of it and what it cost.
import { readFileSync } from 'node:fs'
import { openLoanFile } from '../../dist/csv/loan-file.js'

let records = 0
let refusal = null
try {
  const file = await openLoanFile(process.argv[2], process.stdin)
  for await (const batch of file.recordBatches())
    records += batch.length
  await file.close()
}
catch (error) {
  if (error.name !== 'VacliError')
    throw error
  refusal = error.message
}
process.stdout.write(JSON.stringify({ refusal, records, peakMb: Math.round(process.resourceUsage().maxRSS / 1024), readMb: Math.round(Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))[1]) / 1_048_576) }))
