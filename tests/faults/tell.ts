/** What a fault test saw, in one line: a proof without its numbers is none. */
export function tell(line: string): void {
  // eslint-disable-next-line no-console -- the reader of a test run has no other place to see it
  console.log(line)
}

/** A size that an environment variable may raise for a longer run. */
export function sizeOf(name: string, size: number): number {
  return Number(process.env[name] ?? size)
}
