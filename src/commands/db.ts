import type { Context } from '../context.ts'
import { VacliError } from '../errors.ts'
import { emitJson } from '../ui/emit.ts'
import { plainText } from '../ui/plain-text.ts'
import { answerIo } from './answer.ts'

export function printDatabasePath(context: Context): void {
  const database = context.config.database.replace(/\/\/([^:@/]+):[^@/]*@/, '//$1:…@')
  if (context.flags.json)
    return emitJson(answerIo(context), { database })
  answerIo(context).out(`${database}\n`)
}

/** Brings the schema up to date. */
export async function migrateDatabase(context: Context): Promise<void> {
  const { migrateStore } = await import('../db/open-store.ts')
  if (/^postgres(?:ql)?:/.test(context.config.database))
    await migrateStore(context.config.database)
  await context.openOrCreateStore()
  if (context.flags.json)
    return emitJson(answerIo(context), { up_to_date: true })
  if (!context.flags.quiet)
    answerIo(context).out('the database is up to date\n')
}

/** Asks the database whether its file and its links are sound, and with `--deep` whether customers and loans are what the rows make. */
export async function checkDatabase(context: Context, { deep }: { deep?: boolean }): Promise<void> {
  const store = await context.openStore()
  const differences = deep ? await (await import('../app/check-book.ts')).checkBook(store, context.signal) : []
  const damage = [...await store.findDamage(), ...differences.map(({ what, stored, rows }) => `${what} is ${JSON.stringify(stored)}, and its rows make ${JSON.stringify(rows)}`)]
  if (context.flags.json)
    emitJson(answerIo(context), { sound: damage.length === 0, damage })
  else if (damage.length === 0)
    answerIo(context).out('the database is sound\n')
  if (damage.length > 0)
    throw new VacliError('setup', `the database is damaged: ${plainText(damage.slice(0, 3).join('; '))}`, { hint: 'Stop every vacli and restore the last backup of the file.' })
}
