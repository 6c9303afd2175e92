import { isIP } from 'node:net'
import { AppError } from '@renmai/platform/serve/errors'

/** Where https goes, and where plain http goes. */
export const HTTPS = 443
const HTTP = 80

/** Where a URL leads to. */
export type Target = { url: URL; host: string; port: number }

/**
 * Reads where an endpoint is. https on its own port only: what is told, and the signature, are for the receiver alone. Other
 * ports and plain http are read for numbers, of which only those pass that the operator means.
 * @throws AppError INVALID for anything else
 */
export function readTarget(text: string): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url?.protocol === 'http:'
  if (!url || !(isPlain || url.protocol === 'https:') || url.username || url.password || text.includes('#')) throw notUsable()
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (isPlain ? HTTP : HTTPS))
  if (!isRightPort(host, port, isPlain)) throw notUsable()
  return { url, host, port }
}

/** 443 is the one port of public numbers, which are sent nothing in the clear. */
const isRightPort = (host: string, port: number, isPlain: boolean) =>
  isIP(host) === 0 ? !isPlain && port === HTTPS : !isPlain || port !== HTTPS

/** One refusal for everything, so that nobody learns from it what is inside. */
export const notUsable = () =>
  new AppError('INVALID', 'url must be an https URL of a public host', { url: 'an https URL of a public host' })
