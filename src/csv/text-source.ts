import type { FileHandle } from 'node:fs/promises'
import { decodeChunks } from './decode.ts'
import type { FileNotice, RecordSource } from './loan-file.ts'
import { readBytes, slices } from './read-bytes.ts'
import { createRecordReader, PIECE } from './record-reader.ts'
import { stripBytes, type Stripped } from './strip-bytes.ts'
import type { TextFormat } from './text-format.ts'

const DELIMITER_NAMES: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'pipe' }

/** The records of a text, in batches of a few hundred. */
export function createTextSource(handle: FileHandle, { encoding, skip, delimiter }: TextFormat, name: string): RecordSource & { delimiterName: string } {
  const stripped: Stripped = { nuls: 0, endMarks: 0 }
  const delimiterName = DELIMITER_NAMES[delimiter] ?? `"${delimiter}"`
  return {
    delimiterName,
    async* recordBatches() {
      Object.assign(stripped, { nuls: 0, endMarks: 0 })
      const reader = createRecordReader(name, delimiter)
      for await (const chunk of stripBytes(decodeChunks(readBytes(handle, skip), encoding, name), stripped)) {
        for (const piece of slices(chunk, PIECE)) {
          const records = await reader.write(piece)
          if (records.length > 0)
            yield records
        }
      }
      const rest = await reader.end()
      if (rest.length > 0)
        yield rest
    },
    notices: () => [
      ...encoding === 'utf-8' ? [] : [notice('ENCODING', `the file was read as ${encoding}${encoding === 'windows-1252' ? '; if names look wrong, save it as "CSV UTF-8"' : ''}`)],
      ...delimiter === ',' ? [] : [notice('DELIMITER', `the columns are separated by ${delimiterName}`)],
      ...stripped.nuls === 0 ? [] : [notice('NUL_STRIPPED', `${stripped.nuls} NUL bytes were left out`)],
      ...stripped.endMarks === 0 ? [] : [notice('CTRL_Z_STRIPPED', 'a Ctrl-Z at the end was left out')],
    ],
  }
}

function notice(code: string, message: string): FileNotice {
  return { line: null, code, message }
}
