import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { importLoans, PLAIN_IMPORT } from '../app/import-loans.ts'
import type { ImportReport } from '../app/import-report.ts'
import { judgeCustomers } from '../app/judge-customers.ts'
import type { RunResult } from '../app/run-result.ts'
import { runCalls } from '../app/run-calls.ts'
import { type Config, readConfig } from '../config.ts'
import { type Context, createContext } from '../context.ts'
import { openLoanFile } from '../csv/loan-file.ts'
import { isHoliday } from '../domain/working-hours.ts'
import { istDay, startOfIstDay } from '../domain/ist.ts'
import { openDialling } from '../dialling.ts'
import { PACKAGE_ROOT } from '../package-root.ts'
import { answerDemo, type DemoStage, narrator } from './views/demo-view.ts'

const FIXTURES = fileURLToPath(new URL('fixtures/', PACKAGE_ROOT))
const FILES = { clean: 'branch-clean.csv', messy: 'branch-messy.csv', nextDay: 'branch-clean-day2.csv' }
const CALLS = 10
const SETTLE_MS = 60_000
const DAY_MS = 86_400_000
const HALF_PAST_TEN_MS = 10.5 * 3_600_000

/** The whole main job on sample data, in a temporary database and against the built-in sandbox: nothing is spent, nobody is called. */
export async function runDemo(outer: Context, { keep = false }: { keep?: boolean }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'vacli-demo-'))
  const clock = startClock()
  const context = demoContext(outer, folder, clock)
  try {
    const store = await context.openOrCreateStore()
    const stage: DemoStage = { context, store, tell: narrator(context), folder: keep ? folder : null }
    stage.tell.opening(context.config.database)
    const imports = [await importSample(stage, FILES.clean), await importSample(stage, FILES.messy)]
    clock.nextDay()
    stage.tell.nextDay()
    imports.push(await importSample(stage, FILES.nextDay))
    await judgeCustomers(store, context.config.rules, context.now())
    stage.tell.together(await store.listCustomers({ sort: 'id' }, context.now(), { limit: 0 }))
    const run = await callSome(stage)
    await judgeCustomers(store, context.config.rules, context.now())
    await answerDemo(stage, imports, run)
  }
  finally {
    await context.close()
    if (!keep)
      rmSync(folder, { recursive: true, force: true })
  }
}

async function importSample({ context, store, tell }: DemoStage, file: string): Promise<ImportReport> {
  const opened = await openLoanFile(join(FIXTURES, file), context.io.stdin)
  try {
    const report = await importLoans({ store, now: context.now, signal: context.signal }, opened, { ...PLAIN_IMPORT, operator: context.config.operator })
    tell.imported(basename(file), report)
    return report
  }
  finally {
    await opened.close()
  }
}

async function callSome({ context, store, tell }: DemoStage): Promise<RunResult> {
  const { now, signal } = context
  const { ports, terms, follow } = await openDialling(context, store, { onEvent: event => tell.webhook(event) })
  const ready = await store.listCustomers({ status: 'ready' }, now(), { limit: CALLS })
  tell.calling(ready)
  // Nothing of the user's own settings takes part, and none of them changes it.
  const { rules } = terms
  const { result } = await runCalls({ ...ports, readRules: () => rules, onCall: call => tell.placed(call) }, { ...terms, settleMs: SETTLE_MS }, {
    name: 'demo', reason: null, filter: { status: 'ready', max: CALLS },
    customerIds: ready.map(({ id }) => id),
    limits: { perMinute: 600, concurrency: 4, signal },
    follow,
    waits: true,
    endsWithProcess: true,
  })
  for (const { callId } of result.calls) {
    const last = (await store.findTimeline(callId)).at(-1)
    if (last?.source === 'poll')
      tell.polled({ callId, status: last.status })
  }
  return result
}

function demoContext(outer: Context, folder: string, clock: ReturnType<typeof startClock>): Context & { close(): Promise<void> } {
  // Nothing of the user's own settings, account or database takes part.
  const own = readConfig({ config: join(folder, 'config.json'), db: join(folder, 'vacli.sandbox.db') }, {})
  const config: Config = { ...own, paths: { config: folder, data: folder, state: folder, configFile: join(folder, 'config.json') }, noColor: outer.config.noColor }
  const context = createContext({ io: outer.io, config, flags: outer.flags, signal: outer.signal })
  return { ...context, now: clock.now }
}

/** Half past ten on a working day, whatever the hour is: calls are for the day. It starts the day before. */
function startClock() {
  const { holidays } = readConfig({}, {}).rules
  let day = istDay(new Date())
  while (isHoliday(startOfIstDay(day), holidays))
    day--
  let shift = startOfIstDay(day).getTime() + HALF_PAST_TEN_MS - Date.now() - DAY_MS
  return {
    now: () => new Date(Date.now() + shift),
    nextDay: () => void (shift += DAY_MS),
  }
}
