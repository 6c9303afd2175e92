import DataLoader from 'dataloader'

/**
 * Combines the writes of several callers at about the same time: items that arrive during one write form the next one
 * (group commit). A caller waits for at most two writes. A separate write for each caller would cost as much as one for
 * all.
 * @param write gives one answer per item, in their order; when it fails, all of its callers get the error
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
