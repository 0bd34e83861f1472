import { createHash } from 'node:crypto'
import type { Probability, Span } from './misbehaviour.ts'

/** Draws that depend on the seed and on what they are for, and on nothing that happened before. */
export interface Chance {
  /** From 0 to less than 1. */
  draw(...purpose: (string | number)[]): number
  happens(probability: Probability | undefined, ...purpose: (string | number)[]): boolean
  within(span: Span, ...purpose: (string | number)[]): number
}

const STEPS = 2 ** 48

export function createChance(seed: number): Chance {
  const draw = (...purpose: (string | number)[]) =>
    createHash('sha256').update([seed, ...purpose].join('\0')).digest().readUIntBE(0, 6) / STEPS
  return {
    draw,
    happens: (probability = 0, ...purpose) => probability > 0 && draw(...purpose) < probability,
    within: (span, ...purpose) => typeof span === 'number' ? span : span[0] + draw(...purpose) * (span[1] - span[0]),
  }
}
