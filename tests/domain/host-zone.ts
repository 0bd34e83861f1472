/** Zones a host may stand in, with their minutes behind UTC on 8 March 2026, when New York changes its clocks. */
export const HOST_ZONES: [zone: string, offset: number][] = [['UTC', 0], ['America/New_York', 240], ['Asia/Kolkata', -330], ['Pacific/Kiritimati', -840]]

export function inHostZone<Result>(zone: string, act: () => Result): Result {
  const before = process.env.TZ
  process.env.TZ = zone
  try {
    return act()
  }
  finally {
    process.env.TZ = before
  }
}
