import { describe, expect, it } from 'vitest'
import { explainDriverError } from '../src/driver-errors.ts'

const system = (code: string, syscall: string) => Object.assign(new Error(`${syscall} ${code}`), { code, syscall })
const failed = (query: string, cause: Error) => new Error(`Failed query: ${query}\nparams: `, { cause })

describe('a database server that is gone', () => {
  it.each([
    ['while a statement is sent', system('EPIPE', 'write')],
    ['while one is read', system('ECONNRESET', 'read')],
    ['in the middle of one', failed('insert into x', new Error('Connection terminated unexpectedly'))],
    ['before a transaction was undone', failed('rollback', new Error('Client has encountered a connection error and is not queryable'))],
  ])('is told as one, %s', (_, error) => {
    const told = explainDriverError(error)
    expect([told?.code, told?.message]).toEqual(['unavailable', expect.stringMatching(/^the database server ended the connection: /)])
  })

  it('is not what a fault of our own is', () => {
    expect(explainDriverError(failed('rollback', new TypeError('x is undefined')))).toBeUndefined()
  })
})
