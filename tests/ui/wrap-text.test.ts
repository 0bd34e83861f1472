import { describe, expect, it } from 'vitest'
import { textWidth } from '../../src/ui/text-width.ts'
import { wrapText } from '../../src/ui/wrap-text.ts'

describe('text in lines', () => {
  it.each([
    ['Asha Verma', 20, ['Asha Verma']],
    ['Asha Verma', 9, ['Asha', 'Verma']],
    ['Venkatanarasimharajuvaripeta Rao', 10, ['Venkatanar', 'asimharaju', 'varipeta', 'Rao']],
    ['', 10, ['']],
  ])('of %j at %i columns', (text, width, lines) => {
    expect(wrapText(text, width)).toEqual(lines)
  })

  it('keeps the clusters of Indic syllables and every sign', () => {
    const lines = wrapText('श्रीमतीलक्ष्मीनारायणस्वामी देवी', 6)
    expect(lines.join('').replaceAll(' ', '')).toBe('श्रीमतीलक्ष्मीनारायणस्वामीदेवी')
    expect(lines.every(line => textWidth(line) <= 6 && !/^\p{M}/u.test(line))).toBe(true)
  })
})
