import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Pool } from 'undici'

const WARM_SECONDS = 2

/** Who asks what, how often, for how long. */
export type Asking = {
  origin: string
  key: string
  query: string
  /** A variable that is another one in every request. */
  vary?: string
  perSecond: number
  seconds: number
}

/** What became of the requests: times of the answered ones in ms, and answers that are neither data nor a coded refusal. */
export type Seen = { times: number[]; refused: number; wrong: string[] }

/** Asks at a fixed rate, whether answered or not, in a thread of its own: one asker's delays are not another's. */
export function askAtRate(asking: Asking): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: asking })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

/** @returns how many requests a second are answered to clients that wait for each answer */
export async function answeredPerSecond(asking: Omit<Asking, 'perSecond'>, clients: number): Promise<number> {
  const ask = asker(asking)
  const seen: Seen = { times: [], refused: 0, wrong: [] }
  const until = Date.now() + asking.seconds * 1_000
  const client = async () => {
    while (Date.now() < until) await ask(seen)
  }
  await Promise.all(Array.from({ length: clients }, client))
  return seen.times.length / asking.seconds
}

function asker({ origin, key, query, vary }: Pick<Asking, 'origin' | 'key' | 'query' | 'vary'>): (seen: Seen) => Promise<void> {
  const pool = new Pool(origin, { connections: 128 })
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  let no = 0
  return async (seen) => {
    const body = JSON.stringify({ query, ...(vary ? { variables: { [vary]: `v${no++}` } } : {}) })
    const began = performance.now()
    const answer = await pool.request({ path: '/graphql', method: 'POST', headers, body })
    const text = await answer.body.text()
    if (answer.statusCode === 200 && !text.includes('"errors"')) seen.times.push(performance.now() - began)
    else if (/RATE_LIMITED|UNAVAILABLE/.test(text)) seen.refused++
    else seen.wrong.push(`${answer.statusCode} ${text.slice(0, 200)}`)
  }
}

async function askSteadily(ask: ReturnType<typeof asker>, perSecond: number, seconds: number): Promise<Seen> {
  const [seen, began] = [{ times: [], refused: 0, wrong: [] } as Seen, performance.now()]
  const all = Math.round(perSecond * seconds)
  // Counted, not kept: thousands of promises that live on made each collection of garbage here 10 ms long, which the
  // answers of that moment were blamed for.
  const [done, settled] = [Promise.withResolvers<void>(), { count: 0 }]
  const settle = () => {
    if (++settled.count === all) done.resolve()
  }
  for (let no = 0; no < all; no++) {
    const wait = began + (no * 1_000) / perSecond - performance.now()
    if (wait > 0) await sleep(wait)
    ask(seen).then(settle, done.reject)
  }
  await done.promise
  return seen
}

if (!isMainThread && parentPort) {
  const asking = workerData as Asking
  const ask = asker(asking)
  // A new thread compiles its code and opens its connections first: what it saw meanwhile tells of itself.
  await askSteadily(ask, asking.perSecond, WARM_SECONDS)
  parentPort.postMessage(await askSteadily(ask, asking.perSecond, asking.seconds))
}
