import type { Dispatcher, Pool } from 'undici'

/** A request, and the time limit of its whole answer. */
export type Posted = { path: string; headers: Record<string, string>; body: string; deadlineMs: number }
export type Posting = { status: number; text: string }

/**
 * Sends a body and reads the whole answer. undici's own `request` makes a stream of each answer and an abort signal of each
 * deadline, which together cost as much as everything else about a small sub-request.
 * @throws Error of undici, or with the code DEADLINE
 */
export function postBody(pool: Pool, { path, headers, body, deadlineMs }: Posted): Promise<Posting> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let status = 0
    let under: Dispatcher.DispatchController | undefined
    let isOver = false
    const end = (work: () => void) => {
      isOver = true
      clearTimeout(timer)
      work()
    }
    const timer = setTimeout(() => {
      const late = Object.assign(new Error('no answer in time'), { code: 'DEADLINE' })
      end(() => reject(late))
      under?.abort(late)
    }, deadlineMs)
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: (controller) => {
        under = controller
        if (isOver) controller.abort(new Error('given up before it began'))
      },
      onResponseStart: (_controller, statusCode) => void (status = statusCode),
      onResponseData: (_controller, chunk) => void chunks.push(chunk),
      onResponseEnd: () => end(() => resolve({ status, text: (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString() })),
      onResponseError: (_controller, error) => end(() => reject(error)),
    }
    pool.dispatch({ path, method: 'POST', headers, body }, handler)
  })
}
