import { expect, it } from 'vitest'
import { errTones, outTones, tones } from '../../src/ui/tones.ts'
import { recordingIo } from './recording-io.ts'

it.each([
  ['good', '\u001b[32mx\u001b[39m'],
  ['bad', '\u001b[31mx\u001b[39m'],
  ['waiting', '\u001b[33mx\u001b[39m'],
  ['muted', '\u001b[90mx\u001b[39m'],
  ['strong', '\u001b[1mx\u001b[22m'],
] as const)('paints %s only where colour is allowed', (tone, painted) => {
  expect(tones({ colour: true })[tone]('x')).toBe(painted)
  expect(tones({ colour: false })[tone]('x')).toBe('x')
})

it.each([
  ['two terminals', { stdoutIsTerminal: true, stderrIsTerminal: true, colour: true, plain: false }, true, true],
  ['stdout in a pipe', { stdoutIsTerminal: false, stderrIsTerminal: true, colour: false, plain: false }, false, true],
  ['stderr in a file', { stdoutIsTerminal: true, stderrIsTerminal: false, colour: true, plain: false }, true, false],
  ['NO_COLOR', { stdoutIsTerminal: true, stderrIsTerminal: true, colour: false, plain: true }, false, false],
  ['no word on plain', { stdoutIsTerminal: true, stderrIsTerminal: true, colour: false }, false, false],
])('colours each stream by itself: %s', (_, streams, out, err) => {
  const io = recordingIo(streams)
  expect([outTones(io).bad('x') !== 'x', errTones(io).bad('x') !== 'x']).toEqual([out, err])
})
