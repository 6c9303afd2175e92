import type { Readable } from 'node:stream'
import { AppError } from '@renmai/platform/errors'
/**
 * Watches a body that is piped. While its receiver holds it back the sender has to wait and is not silent.
 * @param onSilent called with TIMEOUT when nothing came for `silentMs`
 * @returns ends the watch
 */
export declare function watchSilence(body: Readable, silentMs: number, onSilent: (error: AppError) => void): () => void
