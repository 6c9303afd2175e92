import { isIP, type LookupFunction } from 'node:net'
import type { Egress } from '@renmai/platform/secrets/egress'
import { Webhook } from 'standardwebhooks'
import { Agent, type Dispatcher } from 'undici'
import type { Sent } from './delivery.rules.ts'
import { HTTPS, readTarget, type Target } from './endpoint-url.rules.ts'

/** A request to send. The id stays the same in all attempts, so that a receiver recognises a repeat. */
export type Parcel = { id: string; url: string; secrets: readonly string[]; body: string }
export type Post = (parcel: Parcel, now: Date) => Promise<Sent>

const DEADLINE_MS = 15_000
const MAX_ANSWER_BYTES = 64 * 1024

/**
 * Sends deliveries, signed by the Standard Webhooks specification: `webhook-id`, `webhook-timestamp` and a signature for each
 * secret. Redirections are not followed. An answer is read to 64 kB and not kept. The whole request takes at most 15 seconds.
 * A host is resolved for each connection, and the connection goes to the address that was checked.
 */
export function createPost(egress: Egress, deadlineMs = DEADLINE_MS): { post: Post; close: () => Promise<void> } {
  const find = async (host: string, done: Parameters<LookupFunction>[2]) => {
    const address = await egress.resolve(host, HTTPS).catch((error: Error) => error)
    if (address instanceof Error) done(address, '')
    else done(null, address, isIP(address))
  }
  const lookup: LookupFunction = (host, _options, done) => void find(host, done)
  const agent = new Agent({
    connections: 16,
    pipelining: 1,
    connect: { timeout: 5_000, lookup, autoSelectFamily: false },
    headersTimeout: deadlineMs,
    bodyTimeout: deadlineMs,
  })
  const post: Post = async (parcel, now) => {
    try {
      return await send(agent, egress, parcel, now, AbortSignal.timeout(deadlineMs))
    } catch {
      // One problem for every error, so that it does not reveal which hosts are reachable from here.
      return { status: null, problem: 'NO_ANSWER' }
    }
  }
  return { post, close: () => agent.close() }
}

/** @throws AppError INVALID for a target that is not allowed. This check is needed, because IP addresses are not resolved */
export function checkTarget(egress: Egress, text: string): Target {
  const target = readTarget(text)
  egress.check(target.host, target.port)
  return target
}

async function send(agent: Dispatcher, egress: Egress, { id, url, secrets, body }: Parcel, now: Date, signal: AbortSignal): Promise<Sent> {
  const target = checkTarget(egress, url)
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Renmai-Webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  }
  const { origin, pathname, search } = target.url
  const answer = await agent.request({ origin, path: `${pathname}${search}`, method: 'POST', headers, body, signal })
  // The content of the answer does not matter; it is read so that the connection can be reused.
  await answer.body.dump({ limit: MAX_ANSWER_BYTES, signal }).catch(() => undefined)
  const { statusCode: status } = answer
  const retryAfter = Number(answer.headers['retry-after'])
  const isFine = status >= 200 && status < 300
  return { status, problem: isFine ? null : 'REFUSED', retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined }
}
