import { GraphQLError } from 'graphql'

export type Queue<T> = { push: (value: T) => void; end: () => void; values: AsyncGenerator<T, void> }

const MAX_WAITING = 100

/**
 * Values that wait for one reader. A reader that is too slow gets an error; otherwise the queue would fill the memory, or values
 * would be lost without notice. A generator function is not enough: it cannot be ended while it waits.
 * @param onEnd called once, when there is no reader any more
 */
export function createQueue<T>(onEnd: () => void): Queue<T> {
  const waiting: T[] = []
  let taker: PromiseWithResolvers<IteratorResult<T, void>> | undefined
  let [isTooSlow, isEnded] = [false, false]
  const end = () => {
    if (isEnded) return
    isEnded = true
    taker?.resolve({ done: true, value: undefined })
    onEnd()
  }
  const push = (value: T) => {
    if (taker) {
      taker.resolve({ done: false, value })
      taker = undefined
    } else if (waiting.length >= MAX_WAITING) isTooSlow = true
    else waiting.push(value)
  }
  const next = async (): Promise<IteratorResult<T, void>> => {
    if (waiting.length > 0) return { done: false, value: waiting.shift()! }
    if (isTooSlow) {
      end()
      throw new GraphQLError('You read too slowly; subscribe again', { extensions: { code: 'TOO_SLOW' } })
    }
    if (isEnded) return { done: true, value: undefined }
    taker = Promise.withResolvers()
    return taker.promise
  }
  const finish = async (): Promise<IteratorResult<T, void>> => (end(), { done: true, value: undefined })
  const values = {
    next,
    return: finish,
    throw: finish,
    [Symbol.asyncIterator]: () => values,
    [Symbol.asyncDispose]: async () => end(),
  } as AsyncGenerator<T, void>
  return { push, end, values }
}
