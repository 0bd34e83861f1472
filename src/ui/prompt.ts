import inquirer from 'inquirer'
import { VacliError } from '../errors.ts'
import { isPlain, type Io } from './io.ts'
import { plainMessage, plainText } from './plain-text.ts'
import { askLine, askLineUnseen } from './plain-prompt.ts'

export interface PromptOptions {
  /** What answers the question without a prompt, as it is typed: `--yes`, `VACLI_EXOTEL_TOKEN`. */
  flag: string
  /** False with --no-input and --json. */
  input?: boolean
}

export interface AskOptions extends PromptOptions {
  default?: string
  validate?: Validate
}

/** True, or what is wrong with the answer. */
export type Validate = (answer: string) => true | string

export interface Choice<Value extends string> {
  value: Value
  name?: string
}

/** Yes or no; No unless the person says otherwise. */
export async function confirm(io: Io, question: string, options: PromptOptions): Promise<boolean> {
  verifyCanAsk(io, question, options)
  if (!isPlain(io))
    return draw<boolean>(io, { type: 'confirm', message: plainMessage(question), default: false })

  const answer = await askUntilValid(io, `${plainMessage(question)} [y/N]`, askLine, line => /^(?:y|yes|n|no|)$/i.test(line) || 'answer y or n')
  return /^y/i.test(answer)
}

/** A line of text, trimmed. */
export async function ask(io: Io, question: string, options: AskOptions): Promise<string> {
  verifyCanAsk(io, question, options)
  const validate: Validate = answer => options.validate?.(answer.trim()) ?? true
  if (!isPlain(io))
    return (await draw<string>(io, { type: 'input', message: plainMessage(question), default: options.default, validate })).trim()

  const suffix = options.default ? ` (${plainText(options.default)})` : ''
  return askUntilValid(io, plainMessage(question) + suffix, async (...prompt) => await askLine(...prompt) || (options.default ?? ''), validate)
}

/** A line that is not shown, trimmed: what is pasted often brings a blank along. */
export async function askSecret(io: Io, question: string, options: PromptOptions & { validate?: Validate }): Promise<string> {
  verifyCanAsk(io, question, options)
  const validate: Validate = answer => options.validate?.(answer.trim()) ?? true
  if (!isPlain(io))
    return (await draw<string>(io, { type: 'password', message: plainMessage(question), mask: '*', toggleMask: false, validate })).trim()
  return askUntilValid(io, plainMessage(question), askLineUnseen, validate)
}

/** One of a list. */
export async function choose<Value extends string>(io: Io, question: string, options: PromptOptions & { choices: readonly Choice<Value>[], default?: Value }): Promise<Value> {
  verifyCanAsk(io, question, options)
  const choices = options.choices.map(({ value, name }) => ({ value, name: plainText(name ?? value) }))
  if (!isPlain(io))
    return draw<Value>(io, { type: 'select', message: plainMessage(question), choices, default: options.default })

  const list = choices.map(({ name }, index) => `  ${index + 1}. ${name}\n`).join('')
  const standing = choices.findIndex(({ value }) => value === options.default) + 1
  const numberOf = (line: string) => Number(line || standing || NaN)
  const answer = await askUntilValid(io, `${plainMessage(question)}\n${list}${standing ? `Number (${standing}):` : 'Number:'}`, askLine,
    line => choices[numberOf(line) - 1] !== undefined || `answer a number from 1 to ${choices.length}`)
  return choices[numberOf(answer) - 1]!.value
}

function verifyCanAsk(io: Io, question: string, { flag, input = true }: PromptOptions) {
  if (input && io.stdinIsTerminal && io.stderrIsTerminal)
    return
  const reason = input ? 'there is no terminal' : 'prompts are off'
  throw new VacliError('invalid', `cannot ask "${plainText(question)}": ${reason}`, { hint: `Answer it with ${flag}` })
}

async function askUntilValid(io: Io, question: string, readAnswer: (io: Io, question: string) => Promise<string>, validate: Validate): Promise<string> {
  for (;;) {
    const answer = (await readAnswer(io, question)).trim()
    const verdict = validate(answer)
    if (verdict === true)
      return answer
    io.err(`${plainMessage(verdict)}\n`)
  }
}

interface Question {
  type: 'confirm' | 'input' | 'password' | 'select'
  message: string
  default?: string | boolean
  choices?: readonly { value: string, name: string }[]
  mask?: string
  toggleMask?: boolean
  validate?: Validate
}

async function draw<Answer>(io: Io, question: Question): Promise<Answer> {
  const ended = new AbortController()
  // inquirer waits for ever when its input ends: after Ctrl-D readline pauses it, a closed terminal ends it.
  const verifyOpen = () => setImmediate(() => io.stdin.isPaused() && ended.abort())
  const end = () => ended.abort()
  io.stdin.on('keypress', verifyOpen).on('end', end).on('close', end)

  try {
    const prompt = inquirer.createPromptModule({ input: io.stdin, output: io.stderr, signal: ended.signal })
    const { answer } = await prompt({ ...question, name: 'answer' })
    return answer as Answer
  }
  catch (error) {
    if (error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name))
      throw new VacliError('interrupted', 'interrupted', { cause: error })
    throw error
  }
  finally {
    io.stdin.off('keypress', verifyOpen).off('end', end).off('close', end)
  }
}
