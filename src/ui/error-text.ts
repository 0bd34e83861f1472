import { jsonText } from './emit.ts'
import { plainMessage, plainText } from './plain-text.ts'

/** A failure as it is told on stderr: words and the next command for a person, one JSON document for a program. */
export function errorText({ code, message, hint }: { code: string, message: string, hint?: string }, { json }: { json?: boolean }): string {
  if (json)
    return `${jsonText({ error: { code, message, hint: hint ?? null } })}\n`
  return `error: ${plainText(message)}\n${hint ? `${plainMessage(hint)}\n` : ''}`
}
