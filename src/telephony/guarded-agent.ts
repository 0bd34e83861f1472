import { Agent as HttpAgent, type ClientRequestArgs } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'

/** A connection was there, and nothing was sent over it. */
export const NOTHING_SENT = 'VACLI_NOTHING_SENT'

/**
 * Agents that make a connection of its own for the one request: a stale one that dies while the request is on the wire would leave us guessing.
 * Right before the first byte leaves, `maySend` is asked: a process that slept through its lease must not send what others have given up.
 */
export function guardedAgents(maySend: () => boolean): { http: HttpAgent, https: HttpsAgent } {
  return { http: guard(new HttpAgent({ keepAlive: false }), 'connect', maySend), https: guard(new HttpsAgent({ keepAlive: false }), 'secureConnect', maySend) }
}

interface Connecting { createConnection(options: ClientRequestArgs, callback?: (error: Error | null, stream: Duplex) => void): Duplex | null | undefined }

// What is written before the connection is there waits in the socket; a listener that comes first can still call it off.
function guard<Agent extends HttpAgent>(agent: Agent, ready: string, maySend: () => boolean): Agent {
  const connecting = agent as unknown as Connecting
  const connect = connecting.createConnection.bind(agent)
  connecting.createConnection = (options, callback) => {
    const socket = connect(options, callback)
    socket?.prependOnceListener(ready, () => {
      if (!maySend())
        socket.destroy(Object.assign(new Error('the call was given up before it was sent'), { code: NOTHING_SENT }))
    })
    return socket
  }
  return agent
}
