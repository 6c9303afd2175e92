import { once } from 'node:events'
import { setInterval as ticks } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { FairQueue, type Place } from '../overload/fair-queue.ts'
import { AppError } from '../serve/errors.ts'

type Thread = { worker: Worker; online: Promise<unknown>; progress: Int32Array }
type Task<Q, A> = { question: Q; done: PromiseWithResolvers<A | Stuck> }

/** Number of the item at which a thread used too much time or memory, and was ended. */
export type Stuck = { stuckAt: number }

export type ThreadPoolOptions = {
  /** A module whose workerData is shared memory of four bytes. The module writes the number of its current item there. */
  file: URL
  /** Maximum number of threads. One tenant has at most half of them. */
  threads: number
  /** Limit of CPU time for one item, in milliseconds. A thread that runs longer is ended. */
  cpuMs: number
  memoryMb: number
}

const TICK_MS = 50
const MAX_WAITING = 100
/** After a task that got stuck, its tenant rests for so many times the limit: starting new threads costs the whole process. */
const REST = 10

/** Threads for work that tenants define. It can be ended, and neither the process nor another tenant waits for it. */
export class ThreadPool<Q, A> {
  readonly #options: ThreadPoolOptions
  readonly #tasks = new FairQueue<Task<Q, A>>()
  readonly #idle = new Set<Thread>()
  #running = 0

  constructor(options: ThreadPoolOptions) {
    this.#options = options
  }

  /**
   * @param question the message to the port of the module; the next message from it is the answer
   * @throws AppError UNAVAILABLE when too many tasks of the tenant wait already
   */
  run(tenantId: string, question: Q): Promise<A | Stuck> {
    if (this.#tasks.waitingOf(tenantId) >= MAX_WAITING)
      throw new AppError('UNAVAILABLE', 'Too much of this kind is under way; try again in a moment', undefined, { retryAfterSeconds: 1 })
    const task: Task<Q, A> = { question, done: Promise.withResolvers() }
    this.#tasks.add({ tenantId, priority: 'MUTATION' }, task)
    this.#begin()
    return task.done.promise
  }

  /** Ends the threads. It is called when no task is running any more. */
  async close(): Promise<void> {
    await Promise.all([...this.#idle].map(({ worker }) => worker.terminate()))
  }

  #begin(): void {
    const { threads } = this.#options
    const isAllowed = (tenantId: string) => this.#tasks.runningOf(tenantId) < Math.max(1, threads / 2)
    while (this.#running < threads) {
      const next = this.#tasks.take(isAllowed)
      if (!next) return
      void this.#work(next)
    }
  }

  async #work({ tenantId, item: { question, done } }: Place & { item: Task<Q, A> }): Promise<void> {
    this.#running++
    this.#tasks.begin(tenantId)
    let restMs = 0
    const [thread = this.#start()] = this.#idle
    this.#idle.delete(thread)
    try {
      done.resolve(await askThread<A>(thread, question, this.#options.cpuMs))
      this.#idle.add(thread)
    } catch (error) {
      const stuckAt = Atomics.load(thread.progress, 0)
      if (stuckAt >= 0) restMs = REST * this.#options.cpuMs
      await thread.worker.terminate()
      // Before the first item no work of a tenant has run.
      if (stuckAt < 0) done.reject(error)
      else done.resolve({ stuckAt })
    } finally {
      this.#running--
      // While the tenant rests, its place in the pool is free for others.
      if (restMs > 0) setTimeout(() => this.#end(tenantId), restMs).unref()
      else this.#tasks.end(tenantId)
      this.#begin()
    }
  }

  #end(tenantId: string): void {
    this.#tasks.end(tenantId)
    this.#begin()
  }

  #start(): Thread {
    const { file, memoryMb } = this.#options
    const shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
    const worker = new Worker(file, {
      workerData: shared,
      // The thread gets nothing of the process: tenants write the code that runs there.
      env: {},
      argv: [],
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 16 },
    })
    const thread = { worker, online: once(worker, 'online'), progress: new Int32Array(shared) }
    // Without a listener an error of a thread that waits would end the process.
    worker.on('error', () => this.#idle.delete(thread))
    worker.on('exit', () => this.#idle.delete(thread))
    return thread
  }
}

/** @throws the error that ended the thread, or an Error when it is stuck */
async function askThread<A>(thread: Thread, question: unknown, cpuMs: number): Promise<A> {
  const { worker, progress } = thread
  const ended = new AbortController()
  const { signal } = ended
  Atomics.store(progress, 0, -1)
  worker.ref()
  try {
    const answered = once(worker, 'message', { signal })
    worker.postMessage(question)
    const [answer] = (await Promise.race([answered, watch(thread, cpuMs, signal)])) as [A]
    return answer
  } finally {
    ended.abort()
    worker.unref()
  }
}

/** CPU time, not elapsed time: on a busy machine no text must count as too heavy. */
async function watch({ worker, online, progress }: Thread, cpuMs: number, signal: AbortSignal): Promise<never> {
  await online
  let [at, since] = [-1, 0]
  for await (const _ of ticks(TICK_MS, undefined, { signal })) {
    const { user, system } = await worker.cpuUsage()
    const [now, usedMs] = [Atomics.load(progress, 0), (user + system) / 1_000]
    if (now !== at) [at, since] = [now, usedMs]
    else if (at >= 0 && usedMs - since > cpuMs) break
  }
  throw new Error('The thread is stuck')
}
