// A sender that costs little itself, so that the server is what is measured.
import { connect } from 'node:net'
import { once } from 'node:events'

/** Sends every request over so many connections, one at a time on each; a request that is not answered with 200 is sent again. Returns how long each took, in ms. Says when each fifth of them is answered. */
export async function sendAll(url, requests, { connections, onFifth = () => {} }) {
  const { port } = new URL(url)
  const took = new Float64Array(requests.length)
  const again = []
  let [next, answered] = [0, 0]
  await Promise.all(Array.from({ length: connections }, async () => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.setNoDelay(true)
    await once(socket, 'connect')
    await new Promise((resolve, reject) => {
      let current = -1
      let sentAt = 0
      let came = ''
      const sendNext = () => {
        current = next < requests.length ? next++ : again.pop() ?? -1
        if (current < 0)
          return resolve(socket.end())
        sentAt = performance.now()
        socket.write(requests[current])
      }
      socket.on('data', (data) => {
        came += data.latin1Slice()
        const headers = came.indexOf('\r\n\r\n')
        if (headers < 0 || came.length - headers - 4 < lengthOf(came))
          return
        if (came.startsWith('HTTP/1.1 200')) {
          took[current] = performance.now() - sentAt
          if (++answered % Math.ceil(requests.length / 5) === 0)
            onFifth()
        }
        else {
          again.push(current)
        }
        came = ''
        sendNext()
      })
      socket.on('error', reject)
      socket.on('close', () => reject(new Error('the server closed a connection')))
      sendNext()
    })
  }))
  return { took }
}

/** Sends a request every so often, whether the last one was answered or not. */
export async function sendEvenly(url, requests, { perSecond }) {
  const { port } = new URL(url)
  const took = []
  const startedAt = performance.now()
  const answers = []
  let refused = 0
  for (const [at, request] of requests.entries()) {
    const due = startedAt + at * 1000 / perSecond
    const waitMs = due - performance.now()
    if (waitMs > 0)
      await new Promise(resolve => setTimeout(resolve, waitMs))
    answers.push((async () => {
      const socket = connect(Number(port), '127.0.0.1').setNoDelay(true)
      const sentAt = performance.now()
      socket.write(request)
      let came = ''
      while (!came.includes('\r\n\r\n') || came.length - came.indexOf('\r\n\r\n') - 4 < lengthOf(came))
        came += (await once(socket, 'data'))[0].latin1Slice()
      took.push(performance.now() - sentAt)
      if (!came.startsWith('HTTP/1.1 200'))
        refused++
      socket.destroy()
    })())
  }
  await Promise.all(answers)
  return { took, refused }
}

function lengthOf(head) {
  const found = /content-length: (\d+)/i.exec(head)
  return found ? Number(found[1]) : 0
}
