import { displayName, isDeceased, withoutRelation } from './name.ts'

export interface JointName { first: string, second: string | null }

// "and" in Hindi (three ways), Marathi, Bengali and Odia, Tamil, Telugu, Kannada, Gujarati and Punjabi; as a word of its own it is no name.
const BETWEEN = /&| and |\/| (?:और|एवं|तथा|आणि|এবং|ଏବଂ|மற்றும்|మరియు|ಮತ್ತು|અને|ਅਤੇ) /i
// `M/s Ram & Sons` is a firm, and `A/c` no couple.
const FIRM = /^(?:sons?|co|company|brothers?|bros|associates|enterprises?|traders?)\b/i
const ABBREVIATED = /(?:^|[\s.])[a-z]\/[a-z]\b/i
// `Smt/Shri Ram` is one borrower of whom the form knew no more.
const TITLE = /^(?:shri|shree|sri|smt|shrimati|mr|mrs|ms|miss|dr|kum|km)\.?$/i
const LATE = /^(?:late|lt)\b\.?/i

// What is no name, an address or a formula, is not cut in two.
const PERSON = /^[\p{L}\p{M}\s.,'’()[\]-]+$/u

/**
 * The first of two borrowers in one name, and the other: `Rajesh Kumar & Sunita Devi`, `Ram/Sita`, `राम और सीता`. Anything else is one name.
 * Where a mark of death at the end could be either's, the name stays whole, so that nobody calls the dead.
 */
export function splitJointName(name: string): JointName {
  const whole: JointName = { first: name, second: null }
  if (!BETWEEN.test(name))
    return whole
  const own = withoutRelation(name)
  const found = BETWEEN.exec(own)
  if (!found || ABBREVIATED.test(own))
    return whole

  const first = displayName(own.slice(0, found.index))
  const second = displayName(own.slice(found.index + found[0].length))
  if (first === undefined || second === undefined || !PERSON.test(first) || !PERSON.test(second) || TITLE.test(first) || FIRM.test(second))
    return whole
  const isMarked = isDeceased(name) && !isDeceased(first)
  const isOfTheSecond = LATE.test(second) && !/[()[\]]/.test(name) && !isDeceased(second.replace(LATE, ''))
  return isMarked && !isOfTheSecond ? whole : { first, second }
}
