import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from '@renmai/platform/testing/processes'
import type { Platform } from '../stack/platform.ts'

/** Changes for the next start of a part: more settings, or something that happens while it is down. */
export type NextStart = { env?: NodeJS.ProcessEnv; before?: () => void }

const RETRY_MS = 300
const RUNNING_WITHIN_MS = 60_000
const PROBE_MS = 3_000
const PROBE_FAILURES = 3
/** Stand-ins for the outside world are not tested; restarted, they would lose the list of what they delivered. */
const OUTSIDE = ['simulator', 'issuer']
/** May end by themselves: PostgreSQL without space does. */
const STORES = ['postgres', 'nats']

const hasEnded = ({ process: { exitCode, signalCode } }: Child) => exitCode !== null || signalCode !== null

/**
 * Restarts each process that ends, as a kubelet does: with the same program, arguments and environment, and nothing more.
 * NATS also has a health probe: after a full disk it refuses to store until it is restarted.
 */
export class Supervisor {
  /** Our own parts that ended without being killed; must stay empty. */
  readonly crashes: string[] = []
  readonly #children: Child[]
  readonly #starting = new Set<Promise<void>>()
  readonly #nextStarts = new Map<string, NextStart>()
  readonly #deaths = new Map<string, number>()
  readonly #planned = new Set<string>(STORES)
  readonly #stopProbing: () => void
  #isClosed = false
  #isHeld = false

  constructor({ children, endpoints }: Platform) {
    this.#children = children
    for (const [index, child] of children.entries()) if (!OUTSIDE.includes(child.name)) this.#watch(index, child)
    this.#stopProbing = probe(`${endpoints.natsMonitor}/healthz`, () => this.kill('nats'))
  }

  kill(name: string, next?: NextStart): void {
    if (next) this.#nextStarts.set(name, next)
    this.#planned.add(name)
    this.#find(name).process.kill('SIGKILL')
  }

  /** Kills a part and resolves when it runs again, after a minute at the latest. */
  async restart(name: string, next: NextStart): Promise<void> {
    const before = this.#find(name)
    this.kill(name, next)
    for (const late = Date.now() + RUNNING_WITHIN_MS; this.#find(name) === before && Date.now() < late; ) await sleep(50)
  }

  /** Kills several parts together and starts them again after `between` has run. */
  async killTogether(names: string[], between: () => void): Promise<void> {
    // A part that is just starting would not be killed.
    await this.#settled()
    this.#isHeld = true
    const running = names.map((name) => this.#find(name)).filter((child) => !hasEnded(child))
    const ended = running.map((child) => new Promise<void>((resolve) => child.process.once('exit', () => resolve())))
    for (const child of running) child.process.kill('SIGKILL')
    await Promise.all(ended)
    try {
      between()
    } finally {
      this.#isHeld = false
    }
  }

  /** Freezes the process for a time, as a long garbage collection or a paused machine does. */
  async freeze(name: string, ms: number): Promise<void> {
    const { process: frozen } = this.#find(name)
    frozen.kill('SIGSTOP')
    await sleep(ms)
    frozen.kill('SIGCONT')
  }

  /** Whether the part, which is killed now, ends once more by itself within this time. */
  async endsAgain(name: string, ms: number): Promise<boolean> {
    const wanted = this.#deathsOf(name) + 2
    for (const late = Date.now() + ms; Date.now() < late; await sleep(50)) if (this.#deathsOf(name) >= wanted) return true
    return false
  }

  /** Resolves when every killed part runs again, or after a minute; nothing is restarted afterwards. */
  async close(): Promise<void> {
    await this.#settled()
    this.#isClosed = true
    this.#stopProbing()
    await Promise.all(this.#starting)
  }

  async #settled(): Promise<void> {
    for (const late = Date.now() + RUNNING_WITHIN_MS; this.#starting.size > 0 && Date.now() < late; ) await sleep(RETRY_MS)
  }

  #find(name: string): Child {
    return this.#children.find((child) => child.name === name)!
  }

  #deathsOf(name: string): number {
    return this.#deaths.get(name) ?? 0
  }

  #watch(index: number, child: Child): void {
    const ended = () => {
      if (this.#isClosed) return
      if (!this.#planned.has(child.name)) this.crashes.push(child.name)
      this.#deaths.set(child.name, this.#deathsOf(child.name) + 1)
      const started = this.#startAgain(index).finally(() => this.#starting.delete(started))
      this.#starting.add(started)
    }
    // It may have died between being ready and being watched.
    if (hasEnded(child)) ended()
    else child.process.once('exit', ended)
  }

  async #startAgain(index: number): Promise<void> {
    while (this.#isHeld) await sleep(20)
    while (!this.#isClosed) {
      const child = this.#children[index]!
      const next = this.#nextStarts.get(child.name)
      this.#nextStarts.delete(child.name)
      try {
        next?.before?.()
        const started = await child.again(next?.env)
        if (next?.env?.CRASH_AT === undefined && !STORES.includes(child.name)) this.#planned.delete(child.name)
        this.#children[index] = started
        return this.#watch(index, started)
      } catch {
        // A part that it needs may be down, or it had to die before it was ready.
        this.#deaths.set(child.name, this.#deathsOf(child.name) + 1)
        await sleep(RETRY_MS)
      }
    }
  }
}

/** A liveness probe as in Kubernetes: after some failures in a row the process is restarted. */
function probe(url: string, restart: () => void): () => void {
  let failures = 0
  const ask = async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS) }).catch(() => undefined)
    failures = answer?.ok ? 0 : failures + 1
    if (failures < PROBE_FAILURES) return
    failures = 0
    restart()
  }
  const timer = setInterval(() => void ask(), PROBE_MS)
  return () => clearInterval(timer)
}
