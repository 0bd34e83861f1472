import type { ClientRequestArgs } from 'node:http'
import { connect, isIP, type NetConnectOpts, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'

/** A connection was there, and nothing was sent over it. */
export const NOTHING_SENT = 'VACLI_NOTHING_SENT'

/**
 * Makes a connection of its own for the one request: a stale one that dies while the request is on the wire would leave us guessing.
 * Right before the first byte leaves, `maySend` is asked: a process that slept through its lease must not send what others have given up.
 */
export function guardedConnection(protocol: string, maySend: () => boolean): (options: ClientRequestArgs) => Socket {
  const isEncrypted = protocol === 'https:'
  return (options) => {
    const socket = isEncrypted ? connectTls(namingHost(options)) : connect(options as NetConnectOpts)
    // What is written before the connection is there waits in the socket; a listener that comes first can still call it off.
    socket.prependOnceListener(isEncrypted ? 'secureConnect' : 'connect', () => {
      if (!maySend())
        socket.destroy(Object.assign(new Error('the call was given up before it was sent'), { code: NOTHING_SENT }))
    })
    return socket
  }
}

/** An agent would tell TLS which host is meant; a bare address has no name to tell. */
function namingHost(options: ClientRequestArgs): ConnectionOptions {
  const host = options.host ?? ''
  return { ...options as ConnectionOptions, servername: isIP(host) ? '' : host }
}
