import { pollOpenCalls } from './follow-calls.ts'
import type { ReadPorts } from './reads.ts'

/** What earlier processes left behind, as far as Exotel can be asked now. A call that stays open holds back its phone, and nobody else. */
export async function catchUp(ports: Omit<ReadPorts, 'wait'> & Partial<Pick<ReadPorts, 'wait'>>, pollAfterMs: number): Promise<void> {
  await pollOpenCalls({ wait: sleep, ...ports }, { pollAfterMs })
}

const sleep = (ms: number) => new Promise<void>(resolve => void setTimeout(resolve, ms))
