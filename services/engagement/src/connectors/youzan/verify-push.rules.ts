/**
 * Youzan signs a push twice. Today the header `Event-Sign` is md5(client_id + body + client_secret) over the body as it
 * arrives; the older `sign` in the body is the same over the message alone, still URL-encoded. Where the header is given,
 * it decides.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError } from '@renmai/platform/serve/errors'
import type { YouzanPush } from './push.rules.ts'

type Shop = { clientId: string; clientSecret: string; kdtId: string }

/** @returns which part is signed: the whole body, or the message alone @throws AppError UNAUTHENTICATED */
export function verifyPush(
  push: YouzanPush,
  { clientId, clientSecret, kdtId }: Shop,
  body: string,
  header: string | undefined,
): 'BODY' | 'MSG' {
  const signed = header === undefined ? signedText(push) : body
  const expected = createHash('md5').update(`${clientId}${signed}${clientSecret}`).digest('hex')
  const isSigned = isEqual((header ?? push.sign ?? '').toLowerCase(), expected)
  const isForShop = (push.client_id === clientId || (header !== undefined && push.client_id === undefined)) && String(push.kdt_id) === kdtId
  if (!isSigned || !isForShop) throw new AppError('UNAUTHENTICATED', 'The push is not signed by Youzan for this shop')
  return header === undefined ? 'MSG' : 'BODY'
}

/** The message as the older signature covers it. */
export const signedText = ({ msg = '' }: YouzanPush): string => (typeof msg === 'string' ? msg : JSON.stringify(msg))

const isEqual = (given: string, expected: string): boolean => timingSafeEqual(hashOf(given), hashOf(expected))
const hashOf = (text: string) => createHash('sha256').update(text).digest()
