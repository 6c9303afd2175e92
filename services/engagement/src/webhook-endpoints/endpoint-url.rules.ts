import { isIP } from 'node:net'
import { webhookEndpointFailure } from './webhook-endpoint.failures.ts'

/** Default ports of https and of plain http. */
export const HTTPS = 443
const HTTP = 80

/** The host and the port of a URL. */
export type Target = { url: URL; host: string; port: number }

/**
 * Reads the URL of an endpoint. A host name needs https on port 443: only the receiver may read the body and the signature.
 * Other ports and plain http are allowed for IP addresses, of which only those pass later that the operator allows.
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

/** 443 is the only port that public IP addresses may have. Plain http on it is refused: public addresses get nothing unencrypted. */
const isRightPort = (host: string, port: number, isPlain: boolean) =>
  isIP(host) === 0 ? !isPlain && port === HTTPS : !isPlain || port !== HTTPS

/** One refusal for every reason, so that it reveals nothing about the internal network. */
export const notUsable = () => webhookEndpointFailure('WEBHOOK_URL_NOT_PUBLIC', 'url')
