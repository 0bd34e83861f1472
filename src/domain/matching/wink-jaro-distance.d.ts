declare module 'wink-jaro-distance' {
  /** Both between 0 and 1; https://www.npmjs.com/package/wink-jaro-distance */
  export default function jaro(a: string, b: string): { distance: number, similarity: number }
}
