import { describe, expect, it } from 'vitest'
import { plainMessage, plainText } from '../../src/ui/plain-text.ts'

describe('plainText', () => {
  it.each([
    ['leaves ordinary text', 'Rajesh Kumar, ₹2,500', 'Rajesh Kumar, ₹2,500'],
    ['leaves Hindi with its joiners', 'क्\u200dष र्\u200cय लक्ष्मी', 'क्\u200dष र्\u200cय लक्ष्मी'],
    ['leaves emoji with their joiners', '👨‍👩‍👧 🇮🇳', '👨‍👩‍👧 🇮🇳'],
    ['removes colours', '\u001b[31mRajesh\u001b[0m', 'Rajesh'],
    ['removes cursor movement', 'a\u001b[2J\u001b[10;20Hb', 'ab'],
    ['removes a title', 'a\u001b]0;owned\u0007b', 'ab'],
    ['removes a link, keeping its words', '\u001b]8;;http://x.invalid\u001b\\pay here\u001b]8;;\u001b\\', 'pay here'],
    ['removes a device control string', 'a\u001bPq#0\u001b\\b', 'ab'],
    ['removes sequences in their one-byte form', 'a\u009b31mb\u009d0;owned\u009cc', 'abc'],
    ['removes the reset', 'a\u001bcb', 'ab'],
    ['removes a character set', 'a\u001b(0b', 'ab'],
    ['keeps what follows a title that never ends', 'Rajesh\u001b]0;Kumar', 'Rajesh0;Kumar'],
    ['leaves no escape when a sequence hides another', '\u001b\u001b[31m[31mx', '[31mx'],
    ['makes line ends and tabs a blank', 'a\r\nb\nc\td\re', 'a b c d e'],
    ['makes other separators a blank', 'a\u2028b\u2029c\u0085d\ve\ff', 'a b c d e f'],
    ['removes NUL, bell, backspace, DEL and C1', 'a\u0000b\u0007c\bd\u007fe\u0080f\u009cg', 'abcdefg'],
    ['removes bidi controls', '\u202eabc\u202c\u2066d\u2069\u200e\u200f\u061c', 'abcd'],
    ['removes invisible marks', 'a\u200bb\ufeffc\u2060d\u00ade\u180ef\u{e0041}g', 'abcdefg'],
    ['replaces half a character', 'a\ud800b', 'a\ufffdb'],
    ['takes nothing', '', ''],
  ])('%s', (_, value, expected) => {
    expect(plainText(value)).toBe(expected)
  })

  it.each([
    ['unfinished titles', '\u001b]'],
    ['unfinished one-byte titles', '\u009d'],
    ['unfinished colours', '\u001b[1;'],
    ['one long unfinished colour', '1'],
    ['escapes', '\u001b'],
    ['blanks after an escape', '\u001b   '],
  ])('reads a megabyte of %s in linear time', (_, repeated) => {
    const started = performance.now()
    plainText(`\u001b[${repeated.repeat(1_000_000 / repeated.length)}`)
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe('plainMessage', () => {
  it.each([
    ['keeps line ends', 'one\ntwo', 'one\ntwo'],
    ['makes Windows line ends plain ones', 'one\r\ntwo', 'one\ntwo'],
    ['lets no carriage return overwrite a line', 'paid\rowes', 'paid owes'],
    ['removes sequences', '\u001b[1mone\u001b[0m\ntwo\u0007', 'one\ntwo'],
  ])('%s', (_, value, expected) => {
    expect(plainMessage(value)).toBe(expected)
  })
})
