/** A thread whose items misbehave according to their names. */
import { parentPort, threadId, workerData } from 'node:worker_threads'

const progress = new Int32Array(workerData as SharedArrayBuffer)

const ITEMS: Record<string, () => unknown> = {
  echo: () => 'echo',
  environment: () => Object.keys(process.env),
  thread: () => threadId,
  spin: () => {
    for (;;);
  },
  fill: () => {
    for (const kept: object[] = []; ; ) kept.push({ kept: kept.length })
  },
  throw: () => {
    throw new Error('thrown')
  },
}

parentPort!.on('message', (items: string[]) => {
  const answers = items.map((item, no) => {
    Atomics.store(progress, 0, no)
    return ITEMS[item]!()
  })
  parentPort!.postMessage(answers)
})
