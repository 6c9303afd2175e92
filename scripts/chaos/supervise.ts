import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from '@renmai/platform/testing/processes'
import type { Platform } from '../stack/platform.ts'

/** What differs the next time a part starts: more in its environment, or something that happened while it was down. */
export type NextStart = { env?: NodeJS.ProcessEnv; before?: () => void }

export type Supervisor = {
  kill: (name: string, next?: NextStart) => void
  /** Kills several at once and starts them again after something happened in between. */
  killTogether: (names: string[], between: () => void) => Promise<void>
  /** Stops the process for a time, as a long garbage collection or a paused machine does. */
  freeze: (name: string, ms: number) => Promise<void>
  /** Whether the part ended by itself within this time after it was last started. */
  endsWithin: (name: string, ms: number) => Promise<boolean>
  /** Parts of ours that ended without anybody's doing; there must be none. */
  crashes: string[]
  /** Resolves when everything that was killed runs again; nothing is started again after. */
  close: () => Promise<void>
}

const RETRY_MS = 300
const PROBE_MS = 3_000
const PROBE_FAILURES = 3
/** What stands for the outside world is not tested; started anew, it would have forgotten what it delivered. */
const OUTSIDE = ['simulator', 'issuer']
/** May end by themselves: PostgreSQL without space does. */
const STORES = ['postgres', 'nats']

/**
 * Starts again whatever ends, as a kubelet does: with the same program, arguments and environment, and nothing more. NATS
 * is also asked whether it is healthy: after a full disk it refuses to store until it is started again.
 */
export function supervise({ children, endpoints }: Platform): Supervisor {
  const starting = new Set<Promise<void>>()
  const nextStarts = new Map<string, NextStart>()
  const deaths = new Map<string, number>()
  const planned = new Set<string>(STORES)
  const crashes: string[] = []
  let isClosed = false
  let isHeld = false
  const startAgain = async (index: number) => {
    while (isHeld) await sleep(20)
    for (;;) {
      const child = children[index]!
      const next = nextStarts.get(child.name)
      nextStarts.delete(child.name)
      try {
        next?.before?.()
        if (next?.env?.CRASH_AT === undefined && !STORES.includes(child.name)) planned.delete(child.name)
        watch(index, (children[index] = await child.again(next?.env)))
        return
      } catch {
        // What it needs may be down itself, or it was to die before it was ready.
        deaths.set(child.name, (deaths.get(child.name) ?? 0) + 1)
        await sleep(RETRY_MS)
      }
    }
  }
  const watch = (index: number, child: Child) => {
    const ended = () => {
      if (isClosed) return
      if (!planned.has(child.name)) crashes.push(child.name)
      deaths.set(child.name, (deaths.get(child.name) ?? 0) + 1)
      const started = startAgain(index).finally(() => starting.delete(started))
      starting.add(started)
    }
    // It may have died between being ready and being watched.
    if (child.process.exitCode !== null || child.process.signalCode !== null) ended()
    else child.process.once('exit', ended)
  }
  for (const [index, child] of children.entries()) if (!OUTSIDE.includes(child.name)) watch(index, child)
  const find = (name: string) => children.find((child) => child.name === name)!.process
  const kill = (name: string, next?: NextStart) => {
    if (next) nextStarts.set(name, next)
    planned.add(name)
    find(name).kill('SIGKILL')
  }
  const stopProbing = probe(`${endpoints.natsMonitor}/healthz`, () => kill('nats'))
  return {
    kill,
    crashes,
    killTogether: async (names, between) => {
      isHeld = true
      const ended = names.map((name) => new Promise<void>((resolve) => find(name).once('exit', () => resolve())))
      const running = names.filter((name) => find(name).exitCode === null && find(name).signalCode === null)
      for (const name of names) find(name).kill('SIGKILL')
      await Promise.all(ended.filter((_, no) => running.includes(names[no]!)))
      try {
        between()
      } finally {
        isHeld = false
      }
    },
    freeze: async (name, ms) => {
      const frozen = find(name)
      frozen.kill('SIGSTOP')
      await sleep(ms)
      frozen.kill('SIGCONT')
    },
    endsWithin: async (name, ms) => {
      // The kill itself counts once.
      const wanted = (deaths.get(name) ?? 0) + 2
      for (const late = Date.now() + ms; Date.now() < late; await sleep(50)) if ((deaths.get(name) ?? 0) >= wanted) return true
      return false
    },
    close: async () => {
      while (starting.size > 0) await Promise.all(starting)
      isClosed = true
      stopProbing()
    },
  }
}

/** A liveness probe as Kubernetes makes them: some failures in a row, and the container is started again. */
function probe(url: string, restart: () => void): () => void {
  let failures = 0
  const timer = setInterval(async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS) }).catch(() => undefined)
    failures = answer?.ok ? 0 : failures + 1
    if (failures < PROBE_FAILURES) return
    failures = 0
    restart()
  }, PROBE_MS)
  return () => clearInterval(timer)
}
