import { createHash, randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { request } from 'undici'
import { type PushFault, type State, withPushFault } from './state.ts'

type Shop = { kdtId: string; clientId: string; clientSecret: string; pushUrl: string }
type Trade = { kdtId: string; id: string; type: string; payload: object; fault?: PushFault }

/** Youzan waits so long for an answer. */
const ANSWER_MS = 5_000

const shops = new Map<string, Shop>()

/** Youzan's pushes, on the orders of tests. */
export function serveYouzan(server: FastifyInstance, state: State): void {
  server.post<{ Body: Shop }>('/_sim/youzan/accounts', ({ body }) => {
    shops.set(body.kdtId, body)
    return { success: true }
  })
  server.post<{ Body: Trade }>('/_sim/youzan/trade', async ({ body: { kdtId, id, type, payload, fault } }) => ({
    status: await pushYouzan(state, shops.get(kdtId)!, type, id, payload, fault),
  }))
}

/**
 * Signs and pushes a message as Youzan does: the header signs the body as it is sent, and the older `sign` in it the message.
 * Messages are URL-encoded JSON; those of the newer types are objects.
 */
async function pushYouzan(state: State, shop: Shop, type: string, id: string, payload: object, fault?: PushFault): Promise<number> {
  const isObject = type.startsWith('youzan_')
  const msg = isObject ? payload : encodeURIComponent(JSON.stringify(payload))
  const md5 = (text: string) => createHash('md5').update(`${shop.clientId}${text}${shop.clientSecret}`).digest('hex')
  const body = JSON.stringify({
    mode: 1,
    id,
    client_id: shop.clientId,
    type,
    status: 'PUSHED',
    msg,
    kdt_id: Number(shop.kdtId),
    sign: md5(isObject ? JSON.stringify(payload) : (msg as string)),
    version: Date.now(),
    test: false,
    msg_id: randomUUID(),
  })
  const headers = { 'content-type': 'application/json', 'event-sign': md5(body), 'event-type': type, 'client-id': shop.clientId }
  const send = async () => {
    const response = await request(shop.pushUrl, { method: 'POST', body, headers, headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS })
    const answer = await response.body.text()
    // Any answer without this word is a failure to Youzan, which sends the push again.
    if (response.statusCode === 200 && !answer.includes('success')) throw new Error(`Youzan would not take ${answer} for an answer`)
    return response.statusCode
  }
  return withPushFault(state, send, fault)
}
