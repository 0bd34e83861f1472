import { rmSync } from 'node:fs'
import { afterAll, expect } from 'vitest'
import { runSource, transpileSource } from '../db/transpiled-source.ts'
import type { Kill } from './step-cases.ts'
import { TERMS } from './world.ts'
import { SETTINGS } from '../telephony/exotel-client.ts'
import { ACCOUNT, EXOPHONE } from '../telephony/sandbox/sandbox-harness.ts'

let folder: string | undefined
afterAll(() => void (folder && rmSync(folder, { recursive: true })))

/** A process of its own that dials by the same modules, and is gone at the step: nothing of it is cleaned up. */
export const killChild: Kill = async ({ stage, wire, hooks }, { step }) => {
  folder ??= transpileSource(['db', 'domain', 'app', 'telephony', '../tests/faults/mortal.ts'])
  const child = runSource(folder, `
    import { placeCalls } from './src/app/place-calls.js'
    import { openStore } from './src/db/open-store.js'
    import { openExotel } from './src/telephony/exotel.js'
    import { dyingAt } from './src/mortal.js'
    const now = () => new Date(${stage.clock.now.getTime()})
    const store = await openStore({ database: ${JSON.stringify(stage.file)}, mode: 'sandbox', now: now() })
    const telephony = openExotel({ ...${JSON.stringify({ ...SETTINGS, ...ACCOUNT, callerId: EXOPHONE, baseUrl: wire.url })}, now })
    const life = { isOver: false, end: () => process.kill(process.pid, 'SIGKILL'), never: () => new Promise(() => {}) }
    const wait = ms => new Promise(resolve => setTimeout(resolve, ms))
    const ports = { store, telephony, now, wait, newReference: () => crypto.randomUUID().replaceAll('-', ''), callbackUrl: () => 'http://127.0.0.1:9/told-by-the-test', spool: async () => {} }
    await placeCalls(dyingAt(${JSON.stringify(step)}, ports, life), ${JSON.stringify(TERMS)}, ${JSON.stringify(stage.customerIds)}, { perMinute: Infinity, concurrency: 10 })
  `)
  if (step === 'after write')
    hooks.onPost = () => child.kill('SIGKILL')
  if (step === 'after headers')
    wire.onHead = () => child.kill('SIGKILL')
  const { code, signal, err } = await child.ended
  expect({ code, signal, err }).toEqual({ code: null, signal: 'SIGKILL', err: '' })
}
