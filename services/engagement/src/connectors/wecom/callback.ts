import { AppError } from '@renmai/platform/serve/errors'
import type { Connector } from '../connector.ts'
import type { WecomCredentials } from './credentials.ts'
import { type CallbackQuery, openCallback } from './crypto.ts'
import { identityOf, readEvent } from './event.rules.ts'
import { proveAccount, type Tokens } from './token.ts'
import { readCipher, readXml } from './xml.ts'

/** WeCom retries within seconds; a later callback is a replay. */
const FRESH_MS = 600_000

export const callback: Connector<WecomCredentials, Tokens>['callback'] = {
  path: 'hooks/wecom',
  limit: 64 * 1024,
  accepted: 'success',
  echo(query: CallbackQuery, { credentials }, now) {
    const echo = openCallback(credentials, query, query.echostr ?? '')
    requireFresh(query, now)
    return echo
  },
  open({ query, body }, { credentials }, now) {
    const message = openCallback(credentials, query, readCipher(body))
    requireFresh(query, now)
    return { identity: identityOf(readXml(message)), message }
  },
  // The corp is a public name, and the account itself chooses the keys of its callback.
  prove: (account, reach) => proveAccount(reach, account),
  read: (message, { credentials: { corpId } }) => readEvent(readXml(message), corpId),
}

/** The signature covers the timestamp. @throws AppError UNAUTHENTICATED when it is more than ten minutes off */
function requireFresh({ timestamp }: CallbackQuery, now: Date): void {
  if (Math.abs(now.getTime() - Number(timestamp) * 1_000) < FRESH_MS) return
  throw new AppError('UNAUTHENTICATED', 'The timestamp of the callback is too far from now')
}
