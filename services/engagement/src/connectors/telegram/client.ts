import { AppError } from '@renmai/platform/serve/errors'
import { request } from 'undici'
import type { Answer, Refusal } from '../connector.ts'

/** A refusal of Telegram; its code decides what follows. */
export class TelegramError extends Error {
  override readonly name = 'TelegramError'
  readonly code: number

  constructor(code: number, description: string) {
    super(`Telegram ${code}: ${description}`)
    this.code = code
  }
}

type Reply = { ok?: boolean; result?: unknown; error_code?: number; description?: string }

const DEADLINE_MS = 5_000
const NEVER_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'EAI_AGAIN']

/**
 * Calls a method of the Bot API. The token is part of the path, so no error carries the address.
 * @throws TelegramError when Telegram refuses, AppError UNAVAILABLE when it cannot be reached, TIMEOUT when it may have acted
 */
export async function call<T>(baseUrl: string, token: string, method: string, body: object = {}): Promise<T> {
  const response = await request(`${baseUrl}/bot${token}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).catch((error: Error & { code?: string }) => {
    const code = NEVER_SENT.includes(error.code ?? '') ? 'UNAVAILABLE' : 'TIMEOUT'
    throw new AppError(code, 'Telegram does not answer', undefined, { cause: error })
  })
  const reply = (await response.body.json().catch(() => ({}))) as Reply
  if (!reply.ok) throw new TelegramError(reply.error_code ?? response.statusCode, reply.description ?? 'no reason given')
  return reply.result as T
}

/** The bot's token is not valid, or was revoked. */
export const isBroken = (code: number): boolean => code === 401 || code === 404

/** Rate limits and faults of Telegram pass by themselves; any other refusal needs a person. */
export async function answered<T>(calling: Promise<T>): Promise<Answer<T>> {
  try {
    return { given: await calling }
  } catch (error) {
    if (!(error instanceof TelegramError)) throw error
    if (error.code === 429 || error.code >= 500) return { later: error.message }
    return isBroken(error.code) ? { broken: refusalOf(error) } : { refused: refusalOf(error) }
  }
}

export const refusalOf = ({ code, message }: TelegramError): Refusal => ({ code: `TELEGRAM_${code}`, message })
