/** How an answer to connect goes wrong. `status` is null when nothing is answered; `isPlaced` holds where the name does not say. */
interface AnswerFault { status: number | null, isPlaced: boolean, description: string }

export const ANSWER_FAULTS = {
  xml: { status: 200, isPlaced: true, description: 'XML in place of JSON' },
  html: { status: 200, isPlaced: true, description: '200 with a page of HTML' },
  'wrong-json': { status: 200, isPlaced: true, description: '200 with JSON of another service' },
  'no-sid': { status: 200, isPlaced: true, description: '200 with a call that has no Sid' },
  truncated: { status: 200, isPlaced: true, description: '200, whole by HTTP, JSON cut short' },
  cut: { status: 200, isPlaced: true, description: '200, closed in the middle of the body' },
  huge: { status: 200, isPlaced: true, description: '200 with 20 MB' },
  lost: { status: null, isPlaced: true, description: 'closed before a byte of the answer' },
  reset: { status: null, isPlaced: true, description: 'reset before a byte of the answer' },
  byte: { status: null, isPlaced: true, description: 'one byte of the answer, then closed' },
  'http-408': { status: 408, isPlaced: true, description: '408' },
  'http-500': { status: 500, isPlaced: true, description: '500' },
  'http-502': { status: 502, isPlaced: true, description: '502, HTML of a gateway' },
  'http-503': { status: 503, isPlaced: true, description: '503, code 35008' },
  'http-504': { status: 504, isPlaced: true, description: '504, HTML of a gateway' },
  'http-400': { status: 400, isPlaced: false, description: '400' },
  'http-401': { status: 401, isPlaced: false, description: '401' },
  'http-402': { status: 402, isPlaced: false, description: '402' },
  kyc: { status: 403, isPlaced: false, description: '403, account without KYC' },
  ndnc: { status: 403, isPlaced: false, description: '403, do-not-disturb' },
  'http-404': { status: 404, isPlaced: false, description: '404' },
  'http-429': { status: 429, isPlaced: false, description: '429' },
  'http-301': { status: 301, isPlaced: false, description: '301 to the same path' },
  'http-302': { status: 302, isPlaced: false, description: '302 to the same path' },
  'http-307': { status: 307, isPlaced: false, description: '307 to the same path' },
  'http-308': { status: 308, isPlaced: false, description: '308 to the same path' },
} as const satisfies Record<string, AnswerFault>

export type AnswerFaultName = keyof typeof ANSWER_FAULTS
/** `lost-unplaced`: the same answer, and the other truth behind it. */
export type FaultName = `${AnswerFaultName}${'' | '-placed' | '-unplaced'}`

const FAULT_NAME = /^(.+?)(?:-(placed|unplaced))?$/

/** Undefined when nothing goes wrong by that name. */
export function findFault(name: string): { answer: AnswerFaultName, isPlaced: boolean } | undefined {
  const [, answer, truth] = FAULT_NAME.exec(name) ?? []
  if (answer === undefined || !Object.hasOwn(ANSWER_FAULTS, answer))
    return undefined
  const known = answer as AnswerFaultName
  return { answer: known, isPlaced: truth === undefined ? ANSWER_FAULTS[known].isPlaced : truth === 'placed' }
}

/** The other switches: `takes` says what follows the equals sign, `path` where the value lies in the options. */
interface Switch { takes: 'probability' | 'number' | 'span' | 'yes' | 'word', example?: string, path: readonly string[], description: string }

export const SWITCHES = {
  latency: { takes: 'span', example: '300-8000', path: ['latencyMs'], description: 'ms until connect is answered' },
  'retry-after': { takes: 'word', example: 'absurd', path: ['retryAfter'], description: 'of every 429: seconds, date, absent, absurd' },
  canceled: { takes: 'probability', path: ['canceled'], description: 'calls that end as canceled' },
  'read-errors': { takes: 'probability', path: ['reads', 'errors'], description: 'lists and details answered with 503' },
  'list-lag': { takes: 'number', example: '5000', path: ['reads', 'lagMs'], description: 'ms until a call is in the list' },
  'list-omit-ongoing': { takes: 'yes', path: ['reads', 'omitOngoing'], description: 'the list knows no call before its end' },
  'list-repeat': { takes: 'number', example: '2', path: ['reads', 'repeat'], description: 'calls of a page that the next one repeats' },
  'list-skip': { takes: 'number', example: '1', path: ['reads', 'skip'], description: 'calls that are lost between two pages' },
  'list-offsets': { takes: 'yes', path: ['reads', 'offsets'], description: 'pages by count: new calls move them' },
  'custom-field': { takes: 'yes', path: ['shown', 'customField'], description: 'details and list show CustomField' },
  numbers: { takes: 'word', example: 'masked', path: ['shown', 'numbers'], description: 'spelling: local, plus91, bare91, masked, mixed' },
  zone: { takes: 'number', example: '0', path: ['shown', 'zoneMinutes'], description: 'times so many minutes east of UTC (330)' },
  'callback-copies': { takes: 'number', example: '5', path: ['callbacks', 'copies'], description: 'each sent so many times' },
  'callback-loss': { takes: 'probability', path: ['callbacks', 'loss'], description: 'never sent' },
  'callback-delay': { takes: 'span', example: '0-3000', path: ['callbacks', 'delayMs'], description: 'ms late, each copy by itself' },
  'callback-retries': { takes: 'number', example: '0', path: ['callbacks', 'retries'], description: 'tries after a failed one: 0, 1, 2' },
  'callback-reorder': { takes: 'probability', path: ['callbacks', 'reorder'], description: 'terminal before answered' },
  'callback-before-answer': { takes: 'probability', path: ['callbacks', 'beforeAnswer'], description: 'the first comes before the answer of connect' },
  'callback-two-answered': { takes: 'probability', path: ['callbacks', 'twoAnswered'], description: 'two answered events' },
  'callback-unknown-status': { takes: 'probability', path: ['callbacks', 'unknownStatus'], description: 'a status that nobody documents' },
  'callback-unknown-event': { takes: 'probability', path: ['callbacks', 'unknownEvent'], description: 'one more event that nobody documents' },
  'callback-other-end': { takes: 'probability', path: ['callbacks', 'otherEnd'], description: 'a second terminal that contradicts the first' },
  'callback-missing': { takes: 'probability', path: ['callbacks', 'missing'], description: 'fields left out' },
  'callback-null-text': { takes: 'probability', path: ['callbacks', 'nullText'], description: '"null" where nothing is known' },
  'callback-british': { takes: 'yes', path: ['callbacks', 'british'], description: 'cancelled in place of canceled' },
  'callback-four-fields': { takes: 'yes', path: ['callbacks', 'fourFields'], description: 'four fields, whatever was asked for' },
  'callback-legs': { takes: 'word', example: 'object', path: ['callbacks', 'legs'], description: 'JSON legs as array or object' },
  'callback-encoding': { takes: 'word', example: 'json', path: ['callbacks', 'encoding'], description: 'json, multipart, urlencoded, asked' },
} as const satisfies Record<string, Switch>
