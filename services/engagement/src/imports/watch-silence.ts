import type { Readable } from 'node:stream'
import { AppError } from '@renmai/platform/serve/errors'

/**
 * Watches a body that is piped. While the receiver applies back pressure, the sender has to wait and does not count as silent.
 * @param onSilent called with TIMEOUT when nothing arrived for `silentMs`
 * @returns the function that ends the watch
 */
export function watchSilence(body: Readable, silentMs: number, onSilent: (error: AppError) => void): () => void {
  const check = () => {
    if (body.isPaused()) timer.refresh()
    else onSilent(new AppError('TIMEOUT', 'Nothing came for a while; send the file again as a whole: what is stored is passed over'))
  }
  const timer = setTimeout(check, silentMs)
  const renew = () => timer.refresh()
  const stop = () => {
    body.off('data', renew)
    body.off('end', stop)
    clearTimeout(timer)
  }
  body.on('data', renew)
  body.on('end', stop)
  return stop
}
