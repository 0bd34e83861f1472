import { reconcile, type ReconcilePorts, type ReconcileTerms } from './reconcile.ts'
import { sweepIfDue, type SweepReport, type SweepTerms } from './sweep.ts'

const EVERY_MS = 60_000
const SILENCE_MS = 10 * 60_000

export interface KeepPorts extends ReconcilePorts {
  /** Ends early when the process is to stop. */
  wait: (ms: number) => Promise<void>
  signal: AbortSignal
  /** When a callback was last understood. */
  lastEventAt: () => Date
  /** Takes in what the spool holds, before Exotel is asked. */
  replayAnswers: () => Promise<void>
  onSwept: (report: SweepReport) => void
  onProblem: (message: string) => void
}

/** Asks Exotel every minute, one question after another, until it is stopped; what fails is told and asked again a minute later. */
export async function keepReconciled(ports: KeepPorts, terms: ReconcileTerms & SweepTerms): Promise<void> {
  const asked = new Map<number, Date>()
  const { replayAnswers } = ports
  const warnOfSilence = watchSilence(ports)
  while (!ports.signal.aborted) {
    await tellFailure(ports, async () => {
      await replayAnswers()
      await warnOfSilence()
      await reconcile({ ...ports, asked }, terms)
    })
    await tellFailure(ports, async () => {
      const swept = await sweepIfDue(ports, terms)
      if (swept)
        ports.onSwept(swept)
    })
    await ports.wait(EVERY_MS)
  }
}

/** Calls are open and for ten minutes no callback came: once a silence, somebody should hear of it. */
function watchSilence({ store, now, lastEventAt, onProblem }: KeepPorts) {
  let openSince: Date | undefined
  let warned = false
  return async () => {
    const isOpen = (await store.findEveryOpenCall()).length > 0
    openSince = isOpen ? openSince ?? now() : undefined
    const quietSince = Math.max(openSince?.getTime() ?? Infinity, lastEventAt().getTime())
    const isQuiet = now().getTime() - quietSince >= SILENCE_MS
    if (isQuiet && !warned)
      onProblem('calls are open and no callback has come for 10 minutes; Exotel is asked instead, but check webhook.public_url')
    warned = isQuiet
  }
}

async function tellFailure({ onProblem, signal }: KeepPorts, work: () => Promise<void>) {
  try {
    await work()
  }
  catch (error) {
    if (!signal.aborted)
      onProblem(`asking Exotel failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}
