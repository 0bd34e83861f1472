/** What a fault test saw, in one line: a proof without its numbers is none. */
export function tell(line: string): void {
  // eslint-disable-next-line no-console -- the reader of a test run has no other place to see it
  console.log(line)
}

export const IS_LONG = process.env.FAULTS_LONG === '1'

/** How much of something is tested: more with FAULTS_LONG=1, or as much as its own variable says. */
export function sizeOf(name: string, size: number, long = size * 10): number {
  return Number(process.env[name] ?? (IS_LONG ? long : size))
}

/** The seed of this run; FAULTS_SEED repeats it. */
export const SEED = Number(process.env.FAULTS_SEED ?? Date.now() % 1_000_000_000)
