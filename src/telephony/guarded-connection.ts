import type { ClientRequestArgs } from 'node:http'
import { connect, isIP, type Socket, type TcpNetConnectOpts } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'

/**
 * Makes a connection of its own for the one request: a stale one that dies while the request is on the wire would leave us guessing.
 * Right before the first byte leaves, `maySend` is asked: a process that slept through its lease must not send what others have given up.
 */
export function guardedConnection(protocol: string, maySend: () => boolean): (options: ClientRequestArgs) => Socket {
  const isEncrypted = protocol === 'https:'
  return (options) => {
    const place = placeOf(options)
    const socket = isEncrypted ? connectTls(place) : connect(place)
    // What is written before the connection is there waits in the socket; a listener that comes first can still call it off.
    socket.prependOnceListener(isEncrypted ? 'secureConnect' : 'connect', () => {
      if (!maySend())
        socket.destroy(new Error('the call was given up before it was sent'))
    })
    return socket
  }
}

// A request's path would be a socket's place to `connect`. TLS is told which host is meant, as an agent would; a bare address has no name to tell.
function placeOf(options: ClientRequestArgs): TcpNetConnectOpts & ConnectionOptions {
  const { host } = options
  return { ...options as TcpNetConnectOpts, path: undefined, servername: !host || isIP(host) ? '' : host }
}
