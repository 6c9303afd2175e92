import { createHash, randomUUID } from 'node:crypto'
import { request } from 'undici'
import type { PushFault, State, YouzanShop } from './state.ts'
import { withPushFault } from './wecom.ts'

/** Signs and pushes a message as Youzan does: md5 over client id, the URL-encoded message and the secret. */
export async function pushYouzan(
  state: State,
  shop: YouzanShop,
  type: string,
  id: string,
  payload: object,
  fault?: PushFault,
): Promise<number> {
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
