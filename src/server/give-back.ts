import { MessageChannel } from 'node:worker_threads'

// A port without another end: what is handed to it is gone.
const { port1: nowhere, port2: otherEnd } = new MessageChannel()
otherEnd.close()
nowhere.unref()

/** Gives the memory of bytes back that nobody will look at. The collector comes for buffers only after tens of megabytes, because they weigh next to nothing in its own heap. */
export function giveBack({ buffer, byteLength }: Buffer): void {
  // Small ones lie in memory that others share.
  if (buffer.byteLength === byteLength)
    nowhere.postMessage(null, [buffer as ArrayBuffer])
}
