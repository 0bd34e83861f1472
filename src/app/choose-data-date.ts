import { dayOfDate, istDate, startOfIstDay } from '../domain/ist.ts'
import { VacliError } from '../errors.ts'
import { addWarning, type Remarks } from './import-report.ts'

export interface DateTerms {
  asOf?: Date
  /** The day that a person gives holds, whatever the file says of itself. */
  acceptAsOf?: boolean
}

export interface DatePorts {
  /** Asks a person whether the day that was given holds against the file's own; both as `YYYY-MM-DD`. Absent where nobody can be asked. */
  confirmAsOf?: (days: { asOf: string, said: string }) => Promise<boolean>
}

/**
 * The day that a person gives, else the end of the day that the file gives, else the time of import. Where person and file disagree, the person is asked:
 * one of them is the day of another file, and old data taken for new calls those who have paid.
 */
export async function chooseDataDate({ confirmAsOf }: DatePorts, filename: string, { asOf, acceptAsOf = false }: DateTerms, staged: { dataDate: string | null, remarks: Remarks }, otherwise: Date): Promise<Date> {
  const said = staged.dataDate
  if (said === null)
    return otherwise
  const [start, end] = [startOfIstDay(dayOfDate(said)), startOfIstDay(dayOfDate(said) + 1)]
  if (!asOf)
    return new Date(Math.min(end.getTime() - 1, otherwise.getTime()))
  if (asOf >= start && asOf < end)
    return asOf
  const day = istDate(asOf)
  const message = `${filename} says as on ${said}, and --as-of is ${day}`
  if (!acceptAsOf && !confirmAsOf)
    throw new VacliError('invalid', message, { hint: `Leave --as-of out to take ${said}, or add --accept-as-of to take ${day}.` })
  if (!acceptAsOf && !await confirmAsOf!({ asOf: day, said }))
    throw new VacliError('declined', `${message}; nothing was applied`, { hint: `Leave --as-of out to take ${said}.` })
  addWarning(staged.remarks, { line: null, code: 'DATA_DATE_DIFFERS', message: `the file says as on ${said}; --as-of was taken` })
  return asOf
}
