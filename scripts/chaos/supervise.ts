import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from '@renmai/platform/testing/processes'
import type { Platform } from '../stack/platform.ts'

export type Supervisor = {
  kill: (name: string) => void
  /** Stops the process for a time, as a long garbage collection or a paused machine does. */
  freeze: (name: string, ms: number) => Promise<void>
  /** Resolves when everything that was killed runs again; nothing is started again after. */
  close: () => Promise<void>
}

const RETRY_MS = 300
/** What stands for the outside world is not tested; started anew, it would have forgotten what it delivered. */
const OUTSIDE = ['simulator', 'issuer']

/** Starts again whatever ends, as a kubelet does: with the same program, arguments and environment, and nothing more. */
export function supervise({ children }: Platform): Supervisor {
  const starting = new Set<Promise<void>>()
  let isClosed = false
  const startAgain = async (index: number) => {
    for (;;) {
      try {
        watch(index, (children[index] = await children[index]!.again()))
        return
      } catch {
        // What it needs may be down itself.
        await sleep(RETRY_MS)
      }
    }
  }
  const watch = (index: number, child: Child) => {
    child.process.once('exit', () => {
      if (isClosed) return
      const started = startAgain(index).finally(() => starting.delete(started))
      starting.add(started)
    })
  }
  for (const [index, child] of children.entries()) if (!OUTSIDE.includes(child.name)) watch(index, child)
  const find = (name: string) => children.find((child) => child.name === name)!.process
  return {
    kill: (name) => void find(name).kill('SIGKILL'),
    freeze: async (name, ms) => {
      const frozen = find(name)
      frozen.kill('SIGSTOP')
      await sleep(ms)
      frozen.kill('SIGCONT')
    },
    close: async () => {
      while (starting.size > 0) await Promise.all(starting)
      isClosed = true
    },
  }
}
