import type { RunPorts } from '../../src/app/place-calls.ts'
import type { Store } from '../../src/db/store.ts'

/** Every place at which a process that dials may die. */
export const STEPS = ['before intent', 'after intent', 'after connect', 'after write', 'after headers', 'before save', 'after save'] as const
export type Step = (typeof STEPS)[number]

/** The life of a process that may end at any moment: from then on nothing that it began goes on. */
export interface Life {
  isOver: boolean
  /** Resolves when it ends. */
  ended: Promise<void>
  end(): void
  /** What a dead process waits for never comes, until the test is over and lets go of it. */
  never(): Promise<never>
  bury(): void
}

export function beginLife(): Life {
  const waiting: ((error: Error) => void)[] = []
  let tellEnd = () => {}
  let isBuried = false
  const ended = new Promise<void>(resolve => tellEnd = resolve)
  return {
    isOver: false,
    ended,
    end() {
      this.isOver = true
      tellEnd()
    },
    never: () => new Promise((_, reject) => isBuried ? reject(new Error('buried')) : void waiting.push(reject)),
    bury() {
      this.end()
      isBuried = true
      waiting.splice(0).forEach(reject => reject(new Error('buried')))
    },
  }
}

type Method = (...values: unknown[]) => Promise<unknown>

/** The store as a mortal process has it; `around` sees every access and may end the life before or after it. */
export function mortalStore(store: Store, life: Life, around: (name: string, access: () => Promise<unknown>) => Promise<unknown> = (_, access) => access()): Store {
  return new Proxy(store, {
    get(target, name) {
      const method = Reflect.get(target, name) as unknown
      if (typeof method !== 'function')
        return method
      return async (...values: unknown[]) => {
        if (life.isOver)
          return life.never()
        const value = await around(String(name), () => (method as Method).apply(target, values))
        return life.isOver ? life.never() : value
      }
    },
  })
}

/** The ports of a process that dies at this step of its first dial. What the wire and the exchange show is ended by whoever sees it there. */
export function dyingAt(step: Step | undefined, ports: RunPorts, life: Life, beforeSave: () => Promise<void> = async () => {}): RunPorts {
  const dieAt = async (at: Step) => {
    if (step !== at || life.isOver)
      return
    life.end()
    await life.never()
  }
  const store = mortalStore(ports.store, life, async (name, access) => {
    if (name === 'claimCalls')
      await dieAt('before intent')
    const value = await access()
    if (name === 'claimCalls' && (value as unknown[]).length > 0)
      await dieAt('after intent')
    if (name === 'moveCalls')
      await dieAt('after save')
    return value
  })
  const telephony: RunPorts['telephony'] = {
    ...ports.telephony,
    async connect(call) {
      const maySend = () => {
        if (step === 'after connect')
          life.end()
        return !life.isOver && (call.maySend?.() ?? true)
      }
      const outcome = await ports.telephony.connect({ ...call, maySend })
      if (life.isOver)
        return life.never()
      await beforeSave()
      await dieAt('before save')
      return outcome
    },
  }
  const spool: RunPorts['spool'] = async records => life.isOver ? life.never() : ports.spool(records)
  return { ...ports, store, telephony, spool }
}
