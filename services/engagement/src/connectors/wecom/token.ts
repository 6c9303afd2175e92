import { createHash } from 'node:crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { LRUCache } from 'lru-cache'
import type { WecomAccount as Account } from './credentials.ts'
import { send, WecomError } from './request.ts'

type Token = { token: string; expiresIn: number }

const MAX_ACCOUNTS = 10_000
/** WeCom counts the tries of a corp and of an address, and both may be another tenant's too. */
const REFUSED_MS = 10_000

const tokens = new LRUCache<string, string>({ max: MAX_ACCOUNTS })
const refused = new LRUCache<string, WecomError>({ max: MAX_ACCOUNTS, ttl: REFUSED_MS })
const refreshing = new Map<string, Promise<Token>>()

/**
 * All that decides what a token may do. Corp and agent are public names that anybody can connect: a token belongs to the
 * account whose own secret was accepted, and to no other.
 */
function keyOf(baseUrl: string, { tenantId, id, credentials: { corpId, agentId, secret } }: Account): string {
  return createHash('sha256')
    .update(JSON.stringify([baseUrl, tenantId, id, corpId, agentId, secret]))
    .digest('base64')
}

/** Gets a token; of calls at the same time one goes out (a second would void the first one's answer). */
export function refreshToken(baseUrl: string, account: Account): Promise<Token> {
  const key = keyOf(baseUrl, account)
  const running = refreshing.get(key) ?? fetchToken(baseUrl, account, key).finally(() => refreshing.delete(key))
  refreshing.set(key, running)
  return running
}

async function fetchToken(baseUrl: string, { credentials }: Account, key: string): Promise<Token> {
  const query = new URLSearchParams({ corpid: credentials.corpId, corpsecret: credentials.secret })
  try {
    const reply = await send(`${baseUrl}/cgi-bin/gettoken?${query}`)
    const [token, expiresIn] = [String(reply.access_token), Number(reply.expires_in)]
    tokens.set(key, token, { ttl: Math.max(1, expiresIn - 300) * 1000 })
    refused.delete(key)
    return { token, expiresIn }
  } catch (error) {
    if (!(error instanceof WecomError) || error.isRateLimit) throw error
    // What the secret was good for before, it is not any more.
    tokens.delete(key)
    refused.set(key, error)
    throw error
  }
}

/** @throws WecomError when WeCom does not accept the account's secret; it is asked again after ten seconds only */
export async function tokenOf(baseUrl: string, account: Account): Promise<string> {
  const key = keyOf(baseUrl, account)
  const known = tokens.get(key)
  if (known) return known
  const refusal = refused.get(key)
  if (refusal) throw refusal
  return (await refreshToken(baseUrl, account)).token
}

/**
 * Makes sure that the account is the corp's own: anybody can connect a corp by its name, and sign callbacks of it with
 * keys of their own.
 * @throws AppError UNAVAILABLE while WeCom does not accept the account's secret
 */
export async function proveAccount(baseUrl: string, account: Account): Promise<void> {
  try {
    await tokenOf(baseUrl, account)
  } catch (error) {
    if (!(error instanceof WecomError)) throw error
    throw new AppError('UNAVAILABLE', 'WeCom does not accept the secret of the account', undefined, { cause: error })
  }
}
