import { readReviews } from '../app/read-reviews.ts'
import { judgeCustomers } from '../app/judge-customers.ts'
import type { Context } from '../context.ts'
import { type CallFilter, type Listable, LISTABLES, type RowFilter, STATUSES_OF, type UploadFilter } from '../domain/filter.ts'
import type { ReviewFilter } from '../domain/review-kinds.ts'
import { answerList } from './answer.ts'
import { choice, type FilterFlags, readFilter, verifyFlagsFit, wholeNumber } from './filters.ts'
import { callsView } from './views/calls-view.ts'
import { customersView } from './views/customers-view.ts'
import { loansView } from './views/loans-view.ts'
import { reviewsView } from './views/reviews-view.ts'
import { rowsView, uploadsView } from './views/uploads-view.ts'

const PAGE = 50

/** Lists customers, loans, calls, uploads, rows or reviews. */
export async function runList(context: Context, what: string | undefined, flags: FilterFlags): Promise<void> {
  const listed = choice(what, 'what to list', LISTABLES) ?? 'customers'
  verifyFlagsFit(listed, flags)
  const store = await context.openStore()
  const now = context.now()
  const filter = await readFilter(store, flags, STATUSES_OF[listed], now)
  // A pipe and a file get everything: only a screen and a JSON document have an end.
  const { json, ndjson, csv, output } = context.flags
  const whole = !json && (!context.io.stdoutIsTerminal || ndjson || csv || output)
  const page = { limit: wholeNumber(flags.limit, '--limit') ?? (whole ? 0 : PAGE) }

  const lists: Record<Listable, () => Promise<void>> = {
    async customers() {
      await judgeCustomers(store, context.config.rules, now)
      await answerList(context, customersView(context.config.rules, now), await store.listCustomers(filter, now, page), await store.countCustomers(filter, now))
    },
    async loans() {
      await judgeCustomers(store, context.config.rules, now)
      await answerList(context, loansView(now), await store.listLoans(filter, now, page), await store.countLoans(filter, now))
    },
    calls: async () => answerList(context, callsView, await store.listCalls(filter as CallFilter, page), await store.countCalls(filter as CallFilter)),
    uploads: async () => answerList(context, uploadsView, await store.listUploads(filter as UploadFilter, page), await store.countUploads(filter as UploadFilter)),
    async reviews() {
      const { reviews, total } = await readReviews(store, filter as ReviewFilter, page)
      await answerList(context, reviewsView, reviews, total)
    },
    rows: async () => answerList(context, rowsView, await store.listRows(filter as RowFilter, page), await store.countRowsListed(filter as RowFilter)),
  }
  await lists[listed]()
}
