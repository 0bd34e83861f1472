// A preload: the file that CHANGING names grows by a line when it is read for the n-th time.
import { appendFileSync } from 'node:fs'
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const open = fs.open
fs.open = async (path, ...rest) => {
  const handle = await open(path, ...rest)
  if (path !== process.env.CHANGING)
    return handle
  const read = handle.read.bind(handle)
  let reads = 0
  handle.read = async (...args) => {
    if (++reads === Number(process.env.CHANGING_AT))
      appendFileSync(path, '\n')
    return read(...args)
  }
  return handle
}
syncBuiltinESMExports()
