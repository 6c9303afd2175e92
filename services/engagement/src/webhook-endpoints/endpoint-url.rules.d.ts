import { AppError } from '@renmai/platform/errors'
/** Where https goes, and where plain http goes. */
export declare const HTTPS: number, HTTP: number
/** Where a URL leads to, and whether nothing there is encrypted. */
export type Target = {
  url: URL
  host: string
  port: number
  isPlain: boolean
}
/**
 * Reads where an endpoint is. https on its own port only: what is told, and the signature, are for the receiver alone. Other
 * ports and plain http are read for numbers, of which only those pass that the operator means.
 * @throws AppError INVALID for anything else
 */
export declare function readTarget(text: string): Target
/** One refusal for everything, so that nobody learns from it what is inside. */
export declare const notUsable: () => AppError
