/** What Windows-1252 has between 0x80 and 0x9f. The five bytes it leaves free stand for themselves, as in browsers, so that what was decoded twice can still be mended. */
export const WINDOWS_1252_SPECIALS = [...'€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'] as const
