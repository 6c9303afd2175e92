import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Answer, Reach } from '../connector.ts'
import type { WecomAccount as Account } from './credentials.ts'
import { answered, send, WecomError } from './request.ts'

type Token = { token: string; expiresIn: number }

const MAX_ACCOUNTS = 10_000
/** WeCom limits the attempts of a corp and of an IP address, and other tenants may use the same ones. */
const REFUSED_MS = 10_000

export const openTokens = () => ({
  good: new LRUCache<string, string>({ max: MAX_ACCOUNTS }),
  refused: new LRUCache<string, WecomError>({ max: MAX_ACCOUNTS, ttl: REFUSED_MS }),
  refreshing: new Map<string, Promise<Token>>(),
})
export type Tokens = ReturnType<typeof openTokens>
export type WecomReach = Reach<Tokens>

/**
 * Key of a token: all that decides what it may do. Corp and agent are public names that any tenant can connect. So a token
 * belongs to the account whose own secret was accepted, and to no other.
 */
function keyOf(baseUrl: string, { tenantId, id, credentials: { corpId, agentId, secret } }: Account): string {
  return createHash('sha256')
    .update(JSON.stringify([baseUrl, tenantId, id, corpId, agentId, secret]))
    .digest('base64')
}

/** Fetches a token. Concurrent calls share one request, because a second request would invalidate the first token. */
export function refreshToken(reach: WecomReach, account: Account): Promise<Token> {
  const key = keyOf(reach.url, account)
  const { refreshing } = reach.client
  const running = refreshing.get(key) ?? fetchToken(reach, account, key).finally(() => refreshing.delete(key))
  refreshing.set(key, running)
  return running
}

async function fetchToken({ url, client: { good, refused } }: WecomReach, { credentials }: Account, key: string): Promise<Token> {
  const query = new URLSearchParams({ corpid: credentials.corpId, corpsecret: credentials.secret })
  try {
    const reply = await send(`${url}/cgi-bin/gettoken?${query}`)
    const [token, expiresIn] = [String(reply.access_token), Number(reply.expires_in)]
    good.set(key, token, { ttl: Math.max(1, expiresIn - 300) * 1000 })
    refused.delete(key)
    return { token, expiresIn }
  } catch (error) {
    if (!(error instanceof WecomError) || error.isRateLimit) throw error
    // WeCom no longer accepts the secret, so its earlier token is dropped too.
    good.delete(key)
    refused.set(key, error)
    throw error
  }
}

/** @throws WecomError when WeCom does not accept the account's secret; the next request follows after ten seconds at the earliest */
export async function tokenOf(reach: WecomReach, account: Account): Promise<string> {
  const key = keyOf(reach.url, account)
  const known = reach.client.good.get(key)
  if (known) return known
  const refusal = reach.client.refused.get(key)
  if (refusal) throw refusal
  return (await refreshToken(reach, account)).token
}

/**
 * Makes sure that the account is the corp's own: any tenant can connect a corp by its name, and sign callbacks for it with
 * keys that it chooses itself.
 * @returns `broken` while WeCom does not accept the account's secret
 */
export const proveAccount = (reach: WecomReach, account: Account): Promise<Answer<unknown>> => answered(tokenOf(reach, account))
