import { distance } from 'fastest-levenshtein'
import type { Store } from '../db/store.ts'
import { BLOCK_CODES } from '../domain/call-rules.ts'
import { type BorrowerFilter, type Listable, SORTS } from '../domain/filter.ts'
import { loanKey } from '../domain/fingerprint.ts'
import { istDay } from '../domain/ist.ts'
import { parseMoney } from '../domain/money.ts'
import { findState } from '../domain/states.ts'
import { parseSpanMs, parseWhen } from '../domain/when.ts'
import { VacliError } from '../errors.ts'
import { resolveCustomer } from './resolve-customer.ts'

/** The filters that list, call and later export share, as they were typed. */
export interface FilterFlags {
  customer?: string[]
  loan?: string[]
  upload?: string
  status?: string
  since?: string
  until?: string
  state?: string
  cluster?: string
  branch?: string
  employee?: string
  dpd?: string
  minDue?: string
  maxDue?: string
  blockedBy?: string
  notCalledFor?: string
  search?: string
  sort?: string
  limit?: string
}

const FLAGS_OF: Partial<Record<Listable, (keyof FilterFlags)[]>> = {
  calls: ['customer', 'loan', 'upload', 'status', 'since', 'until', 'search'],
  uploads: ['upload', 'status', 'since', 'until', 'search'],
  rows: ['customer', 'loan', 'upload', 'status', 'since', 'until', 'search'],
  reviews: ['customer', 'upload', 'status', 'since', 'until'],
}

/** A filter that means nothing for what is listed is an answer to another question. */
export function verifyFlagsFit(listed: Listable, flags: FilterFlags): void {
  const fitting = FLAGS_OF[listed]
  const odd = fitting && (Object.keys(flags) as (keyof FilterFlags)[]).find(flag => flag !== 'limit' && !fitting.includes(flag))
  if (odd)
    throw new VacliError('invalid', `list ${listed} has no --${odd.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`, { hint: `It takes: ${fitting.map(flag => `--${flag}`).join(', ')}` })
}

/** Reads the filters of one listable; its statuses are its own. */
export async function readFilter(store: Store, flags: FilterFlags, statuses: readonly string[], now: Date): Promise<BorrowerFilter> {
  const when = (text: string | undefined, flag: string) => read(text, flag, value => parseWhen(value, now), 'today, yesterday, week, 7d, 36h, 2026-11-21, 21/11/2026')
  const span = read(flags.notCalledFor, '--not-called-for', parseSpanMs, 'a length of time such as 36h or 7d')
  return {
    ...(flags.customer ? { customerIds: await Promise.all(flags.customer.map(text => resolveCustomer(store, text))) } : {}),
    ...(flags.loan ? { loanIds: flags.loan.map(loanKey) } : {}),
    uploadId: read(flags.upload, '--upload', parseId, 'the number of an upload'),
    status: choice(flags.status, '--status', statuses) as BorrowerFilter['status'],
    since: when(flags.since, '--since'),
    until: when(flags.until, '--until'),
    state: flags.state === undefined ? undefined : findState(flags.state)?.name ?? flags.state,
    cluster: flags.cluster,
    branch: flags.branch,
    employee: flags.employee,
    dpd: read(flags.dpd, '--dpd', text => parseDpd(text, now), 'days such as 1-30'),
    minDue: read(flags.minDue, '--min-due', parseRupees, 'rupees such as 5000'),
    maxDue: read(flags.maxDue, '--max-due', parseRupees, 'rupees such as 5000'),
    blockedBy: choice(flags.blockedBy, '--blocked-by', BLOCK_CODES) as BorrowerFilter['blockedBy'],
    notCalledSince: span === undefined ? undefined : new Date(now.getTime() - span),
    search: flags.search,
    sort: choice(flags.sort, '--sort', SORTS) as BorrowerFilter['sort'],
  }
}

/** One of a closed list, with the nearest word offered for a slip. */
export function choice<Value extends string>(text: string | undefined, flag: string, values: readonly Value[]): Value | undefined {
  if (text === undefined)
    return undefined
  const found = values.find(value => value.toLowerCase() === text.toLowerCase().replaceAll('-', '_') || value.toLowerCase() === text.toLowerCase())
  if (found)
    return found
  const nearest = [...values].sort((a, b) => distance(text.toLowerCase(), a.toLowerCase()) - distance(text.toLowerCase(), b.toLowerCase()))[0]!
  throw new VacliError('invalid', `${flag} cannot be "${text}"`, { hint: `Did you mean ${nearest}? It takes: ${values.join(', ')}` })
}

/** A whole number of at least `min`. */
export function wholeNumber(text: string | undefined, flag: string, min = 0): number | undefined {
  return read(text, flag, value => /^\d{1,9}$/.test(value) && Number(value) >= min ? Number(value) : undefined, `a whole number of at least ${min}`)
}

function read<Value>(text: string | undefined, flag: string, parse: (text: string) => Value | undefined, takes: string): Value | undefined {
  if (text === undefined)
    return undefined
  const value = parse(text)
  if (value === undefined)
    throw new VacliError('invalid', `${flag} cannot be "${text}"`, { hint: `It takes ${takes}.` })
  return value
}

const parseId = (text: string) => /^\d{1,15}$/.test(text) ? Number(text) : undefined

function parseRupees(text: string): number | undefined {
  const money = parseMoney(text)
  return money.ok && money.value !== null ? money.value : undefined
}

function parseDpd(text: string, now: Date): BorrowerFilter['dpd'] | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5})|(\+))?$/.exec(text)
  if (!match)
    return undefined
  const min = Number(match[1])
  const max = match[3] ? 99_999 : Number(match[2] ?? min)
  return max >= min ? { min, max, today: istDay(now) } : undefined
}
