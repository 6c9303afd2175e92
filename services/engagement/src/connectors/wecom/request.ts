import { AppError } from '@renmai/platform/serve/errors'
import { request } from 'undici'
import type { Answer } from '../connector.ts'
import { isBroken, isPassing } from './refusal.rules.ts'

/** A refusal of WeCom; its code decides what follows. */
export class WecomError extends Error {
  override readonly name = 'WecomError'
  readonly errcode: number

  constructor(errcode: number, errmsg: string) {
    super(`WeCom ${errcode}: ${errmsg}`)
    this.errcode = errcode
  }

  /** Too many calls, or WeCom is busy: retry later. */
  get isRateLimit(): boolean {
    return isPassing(this.errcode)
  }
}

export type Reply = { errcode?: number; errmsg?: string } & Record<string, unknown>

const DEADLINE_MS = 5_000

/** @throws WecomError when WeCom refuses, AppError UNAVAILABLE when it cannot be reached, TIMEOUT when it may have acted */
export async function send(url: string, body?: object): Promise<Reply> {
  const options = body ? { method: 'POST' as const, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}
  const response = await request(url, { ...options, signal: AbortSignal.timeout(DEADLINE_MS) }).catch(
    (error: Error & { code?: string }) => {
      const wasSent = !['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'EAI_AGAIN'].includes(error.code ?? '')
      throw new AppError(wasSent ? 'TIMEOUT' : 'UNAVAILABLE', 'WeCom does not answer', undefined, { cause: error })
    },
  )
  const reply = (await response.body.json().catch((cause) => {
    // Its answers are JSON, also its refusals: a fault on the way may come after the work.
    throw new AppError('TIMEOUT', `WeCom answers with status ${response.statusCode} and no JSON`, undefined, { cause })
  })) as Reply
  if (reply.errcode) throw new WecomError(reply.errcode, reply.errmsg ?? '')
  return reply
}

/** @param passing codes besides those of every call whose reason passes by itself */
export async function answered<T>(call: Promise<T>, passing: readonly number[] = []): Promise<Answer<T>> {
  try {
    return { given: await call }
  } catch (error) {
    if (!(error instanceof WecomError)) throw error
    if (error.isRateLimit || passing.includes(error.errcode)) return { later: error.message }
    const refusal = { code: `WECOM_${error.errcode}`, message: error.message }
    return isBroken(error.errcode) ? { broken: refusal } : { refused: refusal }
  }
}
