import { graphemes, textWidth } from './text-width.ts'

/** Plain text in lines of at most that width: broken between words, inside of a word only where it alone is wider, and never through a cluster. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of text.split(' ').filter(Boolean).flatMap(word => piecesOf(word, width))) {
    const longer = line === '' ? piece : `${line} ${piece}`
    if (line !== '' && textWidth(longer) > width) {
      lines.push(line)
      line = piece
    }
    else {
      line = longer
    }
  }
  return [...lines, line]
}

function piecesOf(word: string, width: number): string[] {
  if (textWidth(word) <= width)
    return [word]
  const pieces: string[] = []
  let piece = ''
  for (const { segment } of graphemes(word)) {
    if (piece !== '' && textWidth(piece + segment) > width) {
      pieces.push(piece)
      piece = ''
    }
    piece += segment
  }
  return [...pieces, piece]
}
