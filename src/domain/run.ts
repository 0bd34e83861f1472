/** `running`: a process works on it. `interrupted`: its process was killed. The others have ended. */
export type RunState = 'running' | 'stopping' | 'interrupted' | 'stopped' | 'failed' | 'completed'

interface RunFacts { endedAt: Date | null, aliveUntil: Date | null, stopRequestedAt: Date | null, result: Record<string, unknown> | null }

export function runStateOf({ endedAt, aliveUntil, stopRequestedAt, result }: RunFacts, now: Date): RunState {
  if (endedAt === null && (aliveUntil === null || aliveUntil < now))
    return 'interrupted'
  if (endedAt === null)
    return stopRequestedAt ? 'stopping' : 'running'
  if (result?.fault !== undefined)
    return 'failed'
  return result?.stop ? 'stopped' : 'completed'
}
