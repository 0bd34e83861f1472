import { describe, expect, it } from 'vitest'
import { VacliError } from '../../src/errors.ts'
import type { Io } from '../../src/ui/io.ts'
import { ask, askSecret, choose, confirm } from '../../src/ui/prompt.ts'
import { recordingIo } from './recording-io.ts'

const choices = [{ value: 'sandbox' }, { value: 'live', name: 'Live: calls real people' }] as const
const questions: Record<string, (io: Io, options: { flag: string, input?: boolean }) => Promise<unknown>> = {
  confirm: (io, options) => confirm(io, 'Call 212 customers?', options),
  ask: (io, options) => ask(io, 'Call 212 customers?', options),
  askSecret: (io, options) => askSecret(io, 'Call 212 customers?', options),
  choose: (io, options) => choose(io, 'Call 212 customers?', { ...options, choices }),
}
const terminals = { stdinIsTerminal: true, stderrIsTerminal: true, stdoutIsTerminal: true }

describe.each(Object.entries(questions))('%s without a person', (_, question) => {
  it.each([
    ['stdin is no terminal', { ...terminals, stdinIsTerminal: false }, true, 'there is no terminal'],
    ['stderr is no terminal', { ...terminals, stderrIsTerminal: false }, true, 'there is no terminal'],
    ['prompts are off', terminals, false, 'prompts are off'],
  ])('names the flag and draws nothing when %s', async (_, streams, input, reason) => {
    const io = recordingIo({ ...streams, colour: true })
    await expect(question(io, { flag: '--yes', input })).rejects.toEqual(
      new VacliError('invalid', `cannot ask "Call 212 customers?": ${reason}`, { hint: 'Answer it with --yes' }),
    )
    expect([io.answer(), io.talk(), io.drawn()]).toEqual(['', '', ''])
  })
})

describe.each([
  ['drawn', { ...terminals, colour: true, plain: false }],
  ['plain', { ...terminals, colour: false, plain: true }],
])('a %s prompt', (look, streams) => {
  const answerWith = async <T>(keys: string, question: (io: Io) => Promise<T>) => {
    const io = recordingIo(streams)
    const answer = question(io)
    io.stdin.write(keys)
    return { answer: await answer, stdout: io.answer() }
  }

  it.each([
    ['y\r', true],
    ['YES\r', true],
    ['\r', false],
    ['n\r', false],
  ])('takes %o for %s', async (keys, answer) => {
    expect(await answerWith(keys, io => confirm(io, 'Sure?', { flag: '--yes' }))).toEqual({ answer, stdout: '' })
  })

  it.each([
    [' Asha \r', {}, 'Asha'],
    ['\r', { default: 'Ravi' }, 'Ravi'],
    ['\r', {}, ''],
  ])('asks for a line: %o with %o is "%s"', async (keys, options, answer) => {
    expect(await answerWith(keys, io => ask(io, 'Who?', { flag: '--operator', ...options }))).toEqual({ answer, stdout: '' })
  })

  it('asks for a secret without showing it', async () => {
    const io = recordingIo(streams)
    const answer = askSecret(io, 'Token?', { flag: 'VACLI_EXOTEL_TOKEN' })
    io.stdin.write(' tok\u007fken \r')
    expect(await answer).toBe('token')
    expect(io.drawn() + io.talk()).not.toContain('to')
  })

  it('chooses the standing answer', async () => {
    expect(await answerWith('\r', io => choose(io, 'Mode?', { flag: '--mode', choices, default: 'live' }))).toEqual({ answer: 'live', stdout: '' })
  })

  // A plain prompt leaves these keys to the terminal: see terminal.test.ts.
  const keys: [string, string][] = look === 'drawn' ? [['Ctrl-C', '\u0003'], ['Ctrl-D', '\u0004']] : []

  it.each([['a terminal that goes away', undefined], ...keys])('is interrupted by %s', async (_, keys) => {
    const io = recordingIo(streams)
    const answer = ask(io, 'Who?', { flag: '--operator' })
    setImmediate(() => keys ? io.stdin.write(keys) : io.stdin.end())
    await expect(answer).rejects.toMatchObject({ name: 'VacliError', code: 'interrupted', message: 'interrupted' })
  })
})

describe('a plain prompt', () => {
  const plain = { ...terminals, plain: true }

  it.each([
    ['confirm', (io: Io) => confirm(io, 'Call Asha\u001b[2J?', { flag: '--yes' }), ['maybe\n', 'y\n'], true, 'Call Asha? [y/N] answer y or n\nCall Asha? [y/N] '],
    ['ask', (io: Io) => ask(io, 'Hour?', { flag: '--at', default: '9', validate: text => /^\d+$/.test(text) || 'type a number' }), ['ten\n', '10\n'], '10', 'Hour? (9) type a number\nHour? (9) '],
    ['choose', (io: Io) => choose(io, 'Mode?', { flag: '--mode', choices }), ['\n', '2\n'], 'live',
      'Mode?\n  1. sandbox\n  2. Live: calls real people\nNumber: answer a number from 1 to 2\nMode?\n  1. sandbox\n  2. Live: calls real people\nNumber: '],
  ])('asks again until the answer to %s is usable, with no escape byte', async (_, question, lines, answer, talk) => {
    const io = recordingIo(plain)
    const answered = question(io)
    for (const line of lines) {
      io.stdin.write(line)
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(await answered).toBe(answer)
    expect([io.talk(), io.drawn()]).toEqual([talk, ''])
  })
})
