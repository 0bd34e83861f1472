import { pathToFileURL } from 'node:url'
import type { Environment, Home } from './run-vacli.ts'

/** The variable under which vacli runs on a host whose own clock begins at that time, or runs so many times as fast. */
export function hostClock(home: Home, { at, speed = 1 }: { at?: string, speed?: number }): Environment {
  const hook = home.write(`clock-${speed}.mjs`, `
const Real = Date
const started = Real.now()
const begin = ${at === undefined ? 'started' : Date.parse(at)}
const now = () => begin + (Real.now() - started) * ${speed}
globalThis.Date = class extends Real {
  constructor(...args) { super(...(args.length > 0 ? args : [now()])) }
  static now() { return now() }
}
`)
  return { NODE_OPTIONS: `--import=${pathToFileURL(hook).href}` }
}
