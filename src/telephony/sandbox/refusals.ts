import { toExotelSpelling } from './phone-spelling.ts'

/** A RestException: the HTTP status is repeated in the body, `code` is often absent (exotel.md 5.1). */
export interface Refusal { status: number, message: string, code?: number, retryAfter?: string }

// Seen at real accounts (exotel.md 5.2).
export const badParameters: Refusal = { status: 400, message: 'Bad or missing parameters' }

export const ndncNumber = (phone: string): Refusal =>
  ({ status: 403, message: `Call to [${toExotelSpelling(phone)}] can not be made because of TRAI NDNC regulations.` })

export const kycIncomplete: Refusal =
  { status: 403, message: 'Your account is not yet KYC compliant. This is mandatory by TRAI guidelines to connect outbound voice calls.' }

export const noRoute: Refusal = { status: 503, message: 'Service Unavailable; ', code: 35008 }

// The statuses are real, the texts are invented: nobody has published them (exotel.md 12, U3).
export const badCredentials: Refusal = { status: 401, message: 'Authentication failed', code: 20003 }
export const paymentRequired: Refusal = { status: 402, message: 'Payment required: usage limit exceeded' }
export const notFound: Refusal = { status: 404, message: 'The requested resource was not found' }
export const requestTimeout: Refusal = { status: 408, message: 'Request Timeout' }
export const internalError: Refusal = { status: 500, message: 'Internal Server Error' }
export const rateLimited = (retryAfter: string | undefined): Refusal => ({ status: 429, message: 'Rate limit exceeded', retryAfter })
