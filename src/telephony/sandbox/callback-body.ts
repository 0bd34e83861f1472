import type { CallbackPayload } from './callback-payload.ts'
import type { CallbackMisbehaviour } from './misbehaviour.ts'

export type CallbackBody = { json: unknown } | { body: FormData } | { form: Record<string, string> }

/** As it was asked for, unless another way is staged: JSON, or one part a key with PHP-style keys for the legs (exotel.md 7.1, U7). */
export function callbackBody(payload: CallbackPayload, isJsonAsked: boolean, { encoding = 'asked', legs }: CallbackMisbehaviour): CallbackBody {
  if (encoding === 'json' || (encoding === 'asked' && isJsonAsked))
    return { json: legs === 'object' && Array.isArray(payload.Legs) ? { ...payload, Legs: { ...payload.Legs } } : payload }

  const fields = flatten(payload)
  if (encoding === 'urlencoded')
    return { form: Object.fromEntries(fields) }
  const form = new FormData()
  fields.forEach(([key, value]) => form.append(key, value))
  return { body: form }
}

/** All text; null is an empty one. */
function flatten(payload: CallbackPayload): [key: string, value: string][] {
  return Object.entries(payload).flatMap(([key, value]) => Array.isArray(value)
    ? value.flatMap((entry, index) => Object.entries(entry).map(([inner, each]): [string, string] => [`${key}[${index}][${inner}]`, textOf(each)]))
    : [[key, textOf(value)]])
}

function textOf(value: string | number | null): string {
  return value === null ? '' : String(value)
}
