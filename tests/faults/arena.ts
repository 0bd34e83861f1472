import { createHome, connects, type Connect, type Environment, type Home, loanFile, query, type Served, writeSettings } from '../cli/run-vacli.ts'

/** Borrowers, a simulator with its ledger in a file, a listener, and the environment that joins them. */
export interface Arena {
  home: Home
  phones: string[]
  ledger: string
  env: Environment
  sandbox: Served
  listener: Served | undefined
}

export interface ArenaOptions {
  people: number
  /** Flags of `vacli sandbox serve`. */
  sandbox?: string
  settings?: Record<string, string>
  withoutListener?: boolean
  env?: Environment
}

export function phonesOf(people: number): string[] {
  return Array.from({ length: people }, (_, at) => `+91${7_000_041_000 + at}`)
}

export async function openArena({ people, sandbox = '--fast', settings = {}, withoutListener = false, env = {} }: ArenaOptions): Promise<Arena> {
  const home = createHome(env)
  writeSettings(home, { 'call.rate_per_minute': '100000', 'call.concurrency': '1000', ...settings })
  const phones = phonesOf(people)
  const { code, stderr } = await home.run(['import', home.write('loans.csv', loanFile(phones.map((phone, at) => ({ name: `Borrower ${lettersOf(at)}`, phone, loan: `L${at}` }))))])
  if (code !== 0)
    throw new Error(`the import ended with ${code}: ${stderr}`)
  const arena = { home, phones, ledger: `${home.folder}/exotel.ndjson`, env: {} } as unknown as Arena
  await openExchange(arena, { sandbox, withoutListener })
  return arena
}

/** Starts the simulator, on the ledger that is there, and the listener, at a moment of the day. */
export async function openExchange(arena: Arena, { sandbox, withoutListener = false, at }: { sandbox: string, withoutListener?: boolean, at?: Environment }) {
  const env = at ?? {}
  const { home, ledger } = arena
  arena.sandbox = await home.serve(`sandbox serve --port 0 --quiet --rate-per-minute 1000000 --ledger ${ledger} ${sandbox}`, { env })
  arena.listener = withoutListener ? undefined : await home.serve('webhook serve --port 0', { env })
  arena.env = { ...env, VACLI_EXOTEL_BASE_URL: arena.sandbox.url, ...(arena.listener ? { VACLI_WEBHOOK_PUBLIC_URL: arena.listener.url } : {}) }
}

export async function closeExchange({ sandbox, listener }: Arena) {
  await Promise.all([sandbox.stop(), listener?.stop()])
}

/** The environment of that many minutes after the morning's half past ten, by the clock that runs on from there. */
export function minutesLater({ home }: Pick<Arena, 'home'>, minutes: number): Environment {
  return { VACLI_CLOCK_SHIFT: String(Number(home.env.VACLI_CLOCK_SHIFT) + minutes * 60) }
}

/** What the simulator's ledger says of the phones, beside what our database knows. */
export interface Verdict {
  /** POSTs that placed a call. */
  dials: number
  twice: string[]
  never: string[]
  /** Calls of the ledger that the session which asked for them does not know: what a sweep found as somebody else's was lost. */
  lost: string[]
}

/** `isAdoptedKnown`: whatever was found by a sweep counts as known, as after a restore, where nothing else can know it. */
export function judge({ ledger, phones, home }: Pick<Arena, 'ledger' | 'phones' | 'home'>, { isAdoptedKnown = false } = {}): Verdict {
  const placed = placedOf(ledger)
  const times = new Map<string, number>()
  for (const { from } of placed)
    times.set(from, (times.get(from) ?? 0) + 1)
  const sessions = query(home.database, 'select call_sid, reference, source from call_sessions where call_sid is not null') as { call_sid: string, reference: string, source: string }[]
  const bySid = new Map(sessions.map(session => [session.call_sid, session]))
  const isKnown = ({ sid, custom_field }: PlacedConnect) => {
    const session = bySid.get(sid)
    return session !== undefined && (isAdoptedKnown || custom_field === null || (session.source === 'vacli' && session.reference === custom_field))
  }
  return {
    dials: placed.length,
    twice: [...times].filter(([, n]) => n > 1).map(([phone]) => phone),
    never: phones.filter(phone => !times.has(phone)),
    lost: placed.filter(call => !isKnown(call)).map(({ sid }) => sid),
  }
}

export type PlacedConnect = Connect & { at: string, sid: string, custom_field: string | null }

export function placedOf(ledger: string): PlacedConnect[] {
  return connects(ledger).filter(({ outcome }) => outcome === 'accepted') as PlacedConnect[]
}

/** A name that no other borrower has: letters only. */
function lettersOf(at: number): string {
  return at.toString(26).replace(/./g, digit => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[Number.parseInt(digit, 26)]!).padStart(3, 'A')
}
