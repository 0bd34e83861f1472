import fc from 'fast-check'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { repairMojibake } from '../../src/domain/mojibake.ts'
import { anyText, HOSTILE_TEXTS } from './hostile-text.ts'

// Windows leaves the five bytes that its page does not have as they are; iconv-lite does not.
const windowsChar = (byte: string) => iconv.decode(Buffer.from(byte, 'latin1'), 'windows-1252').replace('\ufffd', byte)
const damagedAs = (page: string, text: string) => {
  const bytes = Buffer.from(text).toString('latin1')
  return page === 'latin1' ? bytes : [...bytes].map(windowsChar).join('')
}

describe('repairMojibake', () => {
  it.each([
    ['â‚¹', '₹'],
    ['â‚¹ 2,50,000', '₹ 2,50,000'],
    ['à¤¸', 'स'],
    ['Rs.Â\u00a05000', 'Rs.\u00a05000'],
    ['JosÃ©', 'José'],
    ['Ram â€“ Sita', 'Ram – Sita'],
  ])('file 5: repairs %j to %j', (text, whole) => {
    expect(repairMojibake(text)).toBe(whole)
  })

  it.each(['Rajesh Kumar', 'José', 'Renée', 'सुनीता देवी', 'फ़ातिमा', '₹ 2,50,000', 'Ñandú', 'SÃO PAULO', '', 'Ram – Sita', 'ÀÉÎ', 'à', 'Voilà – Ram', 'Château €5', 'Câ € b'])('file 5: leaves %j as it is', (text) => {
    expect(repairMojibake(text)).toBe(text)
  })

  it.each(['à¤¸à¥', 'à¤¸à¥?', 'à¤¸ सुनीता', 'â‚¹ और', 'à¤¸ é', 'Ram â€ Lal', 'à¤', 'Ram à® Lal', 'â‚ 500'])('file 5: cannot repair %j, of which bytes were lost', (text) => {
    expect(repairMojibake(text)).toBeUndefined()
  })

  it('repairs every text that is Indian or has a rupee sign', () => {
    const word = fc.array(fc.constantFrom(...'कखगाीू्মাতিকணன்ರಾమ₹–’ Ram'), { minLength: 1 }).map(chars => `स${chars.join('')}`)
    fc.assert(fc.property(word, fc.constantFrom('windows-1252', 'latin1'), (text, page) => {
      expect(repairMojibake(damagedAs(page, text))).toBe(text)
    }))
  })

  it('changes nothing the second time, and never throws', () => {
    fc.assert(fc.property(anyText, (text) => {
      const once = repairMojibake(text)
      if (once !== undefined)
        expect([once, undefined]).toContain(repairMojibake(once))
    }), { numRuns: 1000 })
  })

  it('is not slowed down by hostile cells', () => {
    HOSTILE_TEXTS.forEach(text => repairMojibake(text))
    HOSTILE_TEXTS.forEach(text => repairMojibake(`à¤¸${text}`))
  })
})
