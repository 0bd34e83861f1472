import { VacliError } from '../errors.ts'

export interface LiveTerms {
  mode: 'sandbox' | 'live'
  lender: { name: string | null, autodialerNoticeRef: string | null, require1600: string | null }
  account: { sid: string, key: string, token: string, callerId: string, flowId: string }
}

/** Live calls need an account, the lender's name, the notice to the telephone company (TCCCPR 2025) and a 1600 number (RBI/2024-25/105), or a dated waiver. */
export function verifyMayDial({ mode, lender, account }: LiveTerms, today: string): void {
  const settings: [string, string][] = [['exotel.sid', account.sid], ['exotel.key', account.key], ['exotel.token', account.token], ['exotel.caller_id', account.callerId], ['exotel.flow_id', account.flowId]]
  const missing = settings.find(([, value]) => value === '')
  if (missing)
    throw new VacliError('setup', `${missing[0]} is not set`, { hint: `vacli config set ${missing[0]}` })
  if (mode === 'sandbox')
    return

  if (!lender.name)
    throw new VacliError('setup', 'live calls are made in a lender\'s name, and lender.name is not set', { hint: 'vacli config set lender.name "Example Finance Ltd"' })
  if (!lender.autodialerNoticeRef)
    throw new VacliError('setup', 'the telephone company must know of automatic calls before they start, and compliance.autodialer_notice_ref is not set', { hint: 'vacli config set compliance.autodialer_notice_ref "<reference and date>"' })
  const waivedUntil = /^waived until (\d{4}-\d{2}-\d{2})/.exec(lender.require1600 ?? '')?.[1]
  if (!/^\+?(?:91|0)?1600/.test(account.callerId) && !(waivedUntil && waivedUntil >= today)) {
    throw new VacliError('setup', `lenders call from a 1600 number, and exotel.caller_id is ${account.callerId}`, {
      hint: 'vacli config set exotel.caller_id 1600…, or: vacli config set compliance.require_1600 "waived until 2026-12-31: number applied for"',
    })
  }
}
