import DataLoader from 'dataloader'

/**
 * Writes together what several callers want written at about the same time: what comes while one write is under way
 * makes the next one (group commit). A caller waits for at most two writes, and a write for each caller would cost as
 * much as one for all.
 * @param write gives one answer per item, in their order; when it fails, all of its callers are told
 */
export function groupWrites<I, O>(write: (items: readonly I[]) => Promise<O[]>): (item: I) => Promise<O> {
  let last: Promise<unknown> = Promise.resolve()
  const groups = new DataLoader<I, O>(
    (items) => {
      const running = write(items)
      last = running.catch(() => undefined)
      return running
    },
    { cache: false, batchScheduleFn: (run) => void last.then(() => setImmediate(run)) },
  )
  return (item) => groups.load(item)
}
