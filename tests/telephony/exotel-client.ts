import { type ExotelSettings, openExotel } from '../../src/telephony/exotel.ts'
import type { ConnectOutcome, OutboundCall } from '../../src/telephony/port.ts'

/** 10:00 in India, for the dates that an answer may carry. */
export const NOW = new Date('2024-01-15T04:30:00Z')

export const SETTINGS: Omit<ExotelSettings, 'baseUrl'> = {
  sid: 'acme1m', key: 'key-3f9c', token: 'token-77ad', callerId: '08047100000', flowId: '4711',
  timeOutS: 30, timeLimitS: 300, record: true, httpTimeoutMs: 5000, now: () => NOW,
}

/** Whatever of the account must stay between Exotel and us. */
export const SECRETS = [SETTINGS.key, SETTINGS.token, Buffer.from(`${SETTINGS.key}:${SETTINGS.token}`).toString('base64')]

export const CALL: OutboundCall = { reference: '5f1d7a84c0de4b6f9a31', to: '+919810000011', callbackUrl: 'https://calls.example/exotel/status/5f1d.aa' }

export function clientAt(baseUrl: string, settings: Partial<ExotelSettings> = {}) {
  return openExotel({ ...SETTINGS, baseUrl, ...settings })
}

export async function connectAt(baseUrl: string, settings: Partial<ExotelSettings> = {}): Promise<ConnectOutcome> {
  return clientAt(baseUrl, settings).connect(CALL)
}
