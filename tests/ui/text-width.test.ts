import { expect, it } from 'vitest'
import { fitText, textWidth } from '../../src/ui/text-width.ts'

// The widths that tmux 3.3 gives, asked with its cursor report.
it.each([
  ['', 0],
  ['Rajesh', 6],
  ['राजेश कुमार', 9],
  ['लक्ष्मी', 5],
  ['श्री', 3],
  ['मुंबई', 3],
  ['ಕರ್ನಾಟಕ', 6],
  ['தமிழ்', 4],
  ['మల్లేశ్వరం', 7],
  ['বাংলা', 5],
  ['e\u0301', 1],
  ['日本', 4],
  ['👨‍👩‍👧', 2],
  ['🇮🇳', 2],
  ['✅ लक्ष्मी', 8],
  ['₹…•', 3],
])('gives %s %i columns', (text, columns) => {
  expect(textWidth(text)).toBe(columns)
})

it.each([
  ['Rajesh Kumar', 12, 'Rajesh Kumar'],
  ['Rajesh Kumar', 11, 'Rajesh Kum…'],
  ['Rajesh Kumar', 8, 'Rajesh…'],
  ['Rajesh Kumar', 1, '…'],
  ['लक्ष्मी देवी', 5, 'ल…'],
  ['लक्ष्मी देवी', 6, 'लक्ष्मी…'],
  ['日本語', 4, '日…'],
  ['👨‍👩‍👧👨‍👩‍👧', 3, '👨‍👩‍👧…'],
])('cuts %s to %i columns without splitting a cluster', (text, columns, cut) => {
  expect(fitText(text, columns)).toBe(cut)
})
