import { createHash, randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { request } from 'undici'
import { type PushFault, type State, withPushFault } from './state.ts'

type Shop = { kdtId: string; clientId: string; clientSecret: string; pushUrl: string }
type Trade = { kdtId: string; id: string; type: string; payload: object; fault?: PushFault }

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

/** Signs and pushes a message as Youzan does: md5 over client id, the URL-encoded message and the secret. */
async function pushYouzan(state: State, shop: Shop, type: string, id: string, payload: object, fault?: PushFault): Promise<number> {
  const msg = encodeURIComponent(JSON.stringify(payload))
  const sign = createHash('md5').update(`${shop.clientId}${msg}${shop.clientSecret}`).digest('hex')
  const body = JSON.stringify({
    mode: 1,
    id,
    client_id: shop.clientId,
    type,
    status: 'PUSHED',
    msg,
    kdt_id: Number(shop.kdtId),
    sign,
    version: Date.now(),
    test: false,
    send_count: 1,
    msg_id: randomUUID(),
  })
  const send = async () => {
    const response = await request(shop.pushUrl, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    await response.body.dump()
    return response.statusCode
  }
  return withPushFault(state, send, fault)
}
