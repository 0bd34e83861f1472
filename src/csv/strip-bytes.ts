const CTRL_Z = 0x1a
// A longer run of Ctrl-Z is content: it must not be held back without end.
const LONGEST_RUN = 4096

export interface Stripped { nuls: number, endMarks: number }

/** Leaves out what old systems put into texts: NULs anywhere, and Ctrl-Z at the end. Counts both. */
export async function* stripBytes(chunks: AsyncIterable<Buffer>, stripped: Stripped): AsyncGenerator<Buffer> {
  let held = 0
  for await (const chunk of chunks) {
    let bytes = chunk
    if (bytes.includes(0)) {
      bytes = withoutNuls(bytes)
      stripped.nuls += chunk.length - bytes.length
    }
    const end = runStart(bytes)
    if (end === 0 && held + bytes.length <= LONGEST_RUN) {
      held += bytes.length
      continue
    }
    if (held > 0)
      yield Buffer.alloc(held, CTRL_Z)
    held = bytes.length - end
    if (end > 0)
      yield bytes.subarray(0, end)
  }
  stripped.endMarks = held
}

export function withoutNuls(bytes: Buffer): Buffer {
  const kept = Buffer.allocUnsafe(bytes.length)
  let length = 0
  for (const byte of bytes) {
    if (byte !== 0)
      kept[length++] = byte
  }
  return kept.subarray(0, length)
}

/** Where the run of Ctrl-Z at the end begins; the end where it is longer than any that ends a file. */
function runStart(bytes: Buffer): number {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === CTRL_Z && bytes.length - end < LONGEST_RUN)
    end--
  return bytes.length - end === LONGEST_RUN ? bytes.length : end
}
