import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Refusal } from './refusals.ts'

export type ResourceValue = string | number | null | Resource | ResourceValue[]
export interface Resource { [key: string]: ResourceValue }

export type SandboxContext = Context<{ Bindings: HttpBindings }>

/** JSON when the path ends in `.json`, else XML (exotel.md 1). */
export function wantsJson(c: Context): boolean {
  return new URL(c.req.url).pathname.endsWith('.json')
}

export function answer(c: Context, resource: Resource, status = 200, headers: Record<string, string> = {}): Response {
  const code = status as ContentfulStatusCode
  if (wantsJson(c))
    return c.json(resource, code, headers)
  return c.body(toXml(resource), code, { ...headers, 'content-type': 'application/xml' })
}

export function refuse(c: Context, { status, message, code, retryAfter }: Refusal): Response {
  const exception = { Status: status, Message: message, ...(code !== undefined && { Code: code }) }
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
  return answer(c, { RestException: exception }, status, headers)
}

export function toXml(resource: Resource): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<TwilioResponse>${elements(resource)}</TwilioResponse>\n`
}

function elements(value: ResourceValue): string {
  if (value === null)
    return ''
  if (Array.isArray(value))
    return value.map(elements).join('')
  if (typeof value === 'object')
    return Object.entries(value).map(([key, inner]) => element(key, elements(inner))).join('')
  return escapeText(String(value))
}

function element(name: string, content: string): string {
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&apos;' }

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, character => ESCAPES[character] ?? character)
}
