import { toExotelSpelling } from './phone-spelling.ts'

/** A RestException: the HTTP status is repeated in the body, `code` is often absent (exotel.md 5.1). */
export interface Refusal { status: number, message: string, code?: number, retryAfterS?: number }

// Seen at real accounts (exotel.md 5.2).
export const badParameters: Refusal = { status: 400, message: 'Bad or missing parameters' }

export const ndncNumber = (phone: string): Refusal =>
  ({ status: 403, message: `Call to [${toExotelSpelling(phone)}] can not be made because of TRAI NDNC regulations.` })

// The statuses are real, the texts are invented: nobody has published them (exotel.md 12, U3).
export const badCredentials: Refusal = { status: 401, message: 'Authentication failed', code: 20003 }
export const paymentRequired: Refusal = { status: 402, message: 'Payment required: usage limit exceeded' }
export const notFound: Refusal = { status: 404, message: 'The requested resource was not found' }
export const rateLimited = (retryAfterS: number): Refusal => ({ status: 429, message: 'Rate limit exceeded', retryAfterS })
