import { createInterface } from 'node:readline'
import { StringDecoder } from 'node:string_decoder'
import { VacliError } from '../errors.ts'
import type { Io } from './io.ts'

const [CTRL_C, CTRL_D, BACKSPACE, DELETE] = ['\u0003', '\u0004', '\b', '\u007f']

/** Asks with no escape byte, for NO_COLOR and TERM=dumb: the terminal itself edits and echoes the line. */
export function askLine(io: Io, question: string): Promise<string> {
  return answerTo(io, question, (answer, interrupt) => {
    const lines = createInterface({ input: io.stdin, terminal: false })
    lines.once('line', answer).once('close', interrupt)
    return () => lines.off('close', interrupt).close()
  })
}

/** Like askLine, without the echo. */
export function askLineUnseen(io: Io, question: string): Promise<string> {
  return answerTo(io, question, (answer, interrupt) => {
    const decoder = new StringDecoder('utf8')
    let line: string[] = []
    const read = (chunk: Buffer | string) => {
      for (const character of typeof chunk === 'string' ? chunk : decoder.write(chunk)) {
        if (character === '\r' || character === '\n') {
          io.err('\n')
          return answer(line.join(''))
        }
        if (character === CTRL_C || character === CTRL_D)
          return interrupt()
        line = character === BACKSPACE || character === DELETE ? line.slice(0, -1) : [...line, character]
      }
    }

    setRawMode(io, true)
    io.stdin.on('data', read).once('end', interrupt).resume()
    return () => {
      io.stdin.off('data', read).off('end', interrupt).pause()
      setRawMode(io, false)
    }
  })
}

type Listen = (answer: (line: string) => void, interrupt: () => void) => () => void

async function answerTo(io: Io, question: string, listen: Listen): Promise<string> {
  let interrupt = () => {}
  let stopListening = () => {}
  try {
    return await new Promise((resolve, reject) => {
      interrupt = () => {
        io.err('\n')
        reject(new VacliError('interrupted', 'interrupted'))
      }
      // Outside raw mode Ctrl-C comes as a signal, not as a key.
      process.once('SIGINT', interrupt)
      io.err(`${question} `)
      stopListening = listen(resolve, interrupt)
    })
  }
  finally {
    process.off('SIGINT', interrupt)
    stopListening()
  }
}

function setRawMode({ stdin }: Io, isRaw: boolean) {
  if ('setRawMode' in stdin && typeof stdin.setRawMode === 'function')
    stdin.setRawMode(isRaw)
}
