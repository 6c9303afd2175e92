import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

/** A coded refusal is an outcome too; `wrong` is any other answer. */
export type Outcome = 'ANSWERED' | 'REFUSED' | { wrong: string }

/** Sends one request. @param signal aborts it when nothing is measured any more */
export type Send = (signal: AbortSignal) => Promise<Outcome>

/** At a fixed rate, whether answered or not, or by clients that each wait for their answer. */
export type Pace = { perSecond: number } | { clients: number }

/** Outcomes of the requests; times of the answered ones in ms. */
export type Seen = { times: number[]; answered: number; refused: number; wrong: string[] }

/** Requests of one sender: a number of seconds after some that warm up, or until they are stopped. */
export type Job = { input: unknown; pace: Pace; seconds?: number; warmSeconds?: number }

export type Sending = { seen: Promise<Seen>; stop: () => void }

const MAX_WRONG = 10
const WARM_SECONDS = 2

/**
 * Sends from a thread of its own: the delays of one sender are not those of another.
 * @param module URL of the module that serves the thread
 */
export function sendInThread(module: string, job: Job): Sending {
  const worker = new Worker(new URL(module), { workerData: { module, job } })
  const seen = new Promise<Seen>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`A sender ended with ${code}`)))
  })
  return { seen: seen.finally(() => worker.terminate()), stop: () => worker.postMessage('stop') }
}

/** Makes a module serve the threads that it was started in; elsewhere it does nothing. */
export function serveThread(module: string, open: (input: never) => Send): void {
  if (isMainThread || !parentPort || workerData?.module !== module) return
  const { input, pace, seconds, warmSeconds = WARM_SECONDS } = workerData.job as Job
  const send = open(input as never)
  const port = parentPort
  const stopped = new AbortController()
  port.on('message', () => stopped.abort())
  const work = async () => {
    // A new thread compiles its code and opens its connections first; times of that phase are its own.
    if (seconds !== undefined) await sendFor(send, pace, warmSeconds, stopped.signal)
    port.postMessage(await sendFor(send, pace, seconds, stopped.signal))
  }
  void work()
}

/** @param seconds how long; until the signal without it */
export async function sendFor(
  send: Send,
  pace: Pace,
  seconds = Number.POSITIVE_INFINITY,
  signal: AbortSignal = new AbortController().signal,
): Promise<Seen> {
  const seen: Seen = { times: [], answered: 0, refused: 0, wrong: [] }
  const began = performance.now()
  const isOver = () => signal.aborted || performance.now() >= began + seconds * 1_000
  const one = () => sendOne(send, seen, signal)
  if ('perSecond' in pace) await sendSteadily(one, began, pace.perSecond, isOver)
  else {
    const client = async () => {
      while (!isOver()) await one()
    }
    await Promise.all(Array.from({ length: pace.clients }, client))
  }
  return seen
}

async function sendOne(send: Send, seen: Seen, signal: AbortSignal): Promise<void> {
  const began = performance.now()
  const outcome = await send(signal).catch((error: Error & { code?: string }) => ({ wrong: `${error.code ?? ''} ${error.message}` }))
  // Requests under way at the end are not counted.
  if (signal.aborted) return
  if (outcome === 'ANSWERED') {
    seen.answered++
    seen.times.push(performance.now() - began)
  } else if (outcome === 'REFUSED') seen.refused++
  else if (seen.wrong.length < MAX_WRONG) seen.wrong.push(outcome.wrong)
}

async function sendSteadily(one: () => Promise<void>, began: number, perSecond: number, isOver: () => boolean): Promise<void> {
  // Counted, not kept: thousands of live promises made each garbage collection here 10 ms long, and that time was added to
  // the answers of that moment.
  let underWay = 1
  const all = Promise.withResolvers<void>()
  const settle = () => {
    if (--underWay === 0) all.resolve()
  }
  for (let no = 0; !isOver(); no++) {
    const wait = began + (no * 1_000) / perSecond - performance.now()
    if (wait > 0) await sleep(wait)
    underWay++
    one().then(settle, all.reject)
  }
  settle()
  await all.promise
}
