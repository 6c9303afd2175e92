import type { Tx } from './db.ts'

type Promises<T extends readonly unknown[]> = { readonly [K in keyof T]: Promise<T[K]> }

/**
 * Sends statements of one transaction without waiting for the answer to each: the database executes them in the order in which they
 * are sent, and has the next one at hand. All have ended before an error is thrown, since nothing may go on in a transaction that has
 * ended.
 * @param start starts the works in order. Up to its first await, a work sends its statements before those of the works after it; what it
 * sends later has no order among the others
 * @throws the first error in the order of the database: the others only state that the transaction has failed
 */
export async function together<T extends readonly unknown[]>({ client }: Pick<Tx, 'client'>, start: () => Promises<T>): Promise<T> {
  const connection = client as Tx['client'] & { pipeline: boolean }
  const before = connection.pipeline
  connection.pipeline = true
  try {
    const failed: unknown[] = []
    const works: Promise<unknown>[] = start().map((work) => work.catch((error: unknown) => void failed.push(error)))
    const done = await Promise.all(works)
    if (failed.length > 0) throw failed[0]
    return done as unknown as T
  } finally {
    connection.pipeline = before
  }
}
