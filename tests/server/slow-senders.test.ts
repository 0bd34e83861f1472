import { expect, it } from 'vitest'
import { statusPath } from '../../src/server/signature.ts'
import { openListener, SECRET, sendRaw } from './listener-client.ts'

// By the listener's own limits of 5 s for the headers and 10 s for the whole; Node's are a minute and five.
it('cuts off whoever never comes to the end of the headers or of the body', { timeout: 30_000 }, async () => {
  const listener = await openListener()

  const answers = await Promise.all([
    sendRaw(listener.url, 'POST /exotel/status/x HTTP/1.1\r\nHost: a\r\nX-Slow: 1\r\n'),
    sendRaw(listener.url, `POST ${statusPath('5f1d', SECRET)} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nCallSid=`),
  ])

  expect(answers.map(answer => answer.split('\r\n')[0])).toEqual(['HTTP/1.1 408 Request Timeout', 'HTTP/1.1 408 Request Timeout'])
  expect(listener.received).toEqual([])
})
