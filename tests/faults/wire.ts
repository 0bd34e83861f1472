import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

const HEAD_END = '\r\n\r\n'

/** The wire between a dialler and the exchange. While `onHead` is set, an answer goes no further than its head, and whoever listens is told. */
export async function openWire(exchange: string) {
  const target = new URL(exchange)
  const wire: { url: string, onHead?: () => void } = { url: '' }
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    for (const [one, other] of [[near, far], [far, near]] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
    }
    near.on('data', chunk => far.write(chunk))
    near.on('end', () => far.end())
    let head = ''
    far.on('data', (chunk) => {
      if (!wire.onHead)
        return near.write(chunk)
      head += chunk.toString('latin1')
      const end = head.indexOf(HEAD_END)
      if (end < 0)
        return
      const tell = wire.onHead
      near.write(head.slice(0, end + HEAD_END.length), 'latin1', () => {
        tell()
        near.destroy()
      })
    })
    far.on('end', () => near.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    sockets.forEach(socket => socket.destroy())
    await new Promise(resolve => server.close(resolve))
  })
  wire.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return wire
}
