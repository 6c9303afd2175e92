import { createHash } from 'node:crypto'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { beforeEach, expect } from 'vitest'
import { connectAccount } from '../src/channels/connect-account.ts'
import { createIntake } from '../src/intake/intake.ts'
import { processPushes } from '../src/intake/process-pushes.ts'
import type { engagementSeed } from './seed.ts'

const SHOP = { clientId: 'client', clientSecret: 'shop-secret', kdtId: '42' }
const md5 = (text: string) => createHash('md5').update(text).digest('hex')

/** A Youzan shop of each test, whose pushes are processed; identity resolves its buyers. */
export function youzanShop(seed: ReturnType<typeof engagementSeed>) {
  const shop = { path: '', push, processed }
  beforeEach(async () => {
    const { id } = await connectAccount(seed.contextOf(), 'YOUZAN', { idempotencyKey: key(), name: 'y', ...SHOP })
    shop.path = `/hooks/youzan/${seed.tenant}/${id}`
    seed.startIdentity()
    seed.work([processPushes])
  })

  /** Sends a push as Youzan does today. @returns the status */
  async function push(type: string, msg: object, { version = 1_767_229_200, isObject = false, count = 0 } = {}): Promise<number> {
    const message = isObject ? msg : encodeURIComponent(JSON.stringify(msg))
    const body = { client_id: 'client', kdt_id: 42, type, id: 'i', msg: message, version, msg_id: newId(), test: false, mode: 1 }
    const payload = JSON.stringify(count > 0 ? { ...body, sendCount: count } : body)
    const signed = { 'event-sign': md5(`client${payload}shop-secret`), 'event-type': type, 'client-id': 'client' }
    const http = createIntake(seed.worker, { refusalMs: 0 })
    const { statusCode, body: answer } = await http.inject({
      method: 'POST',
      url: shop.path,
      headers: { 'content-type': 'application/json', ...signed },
      payload,
    })
    await http.close()
    if (statusCode === 200) expect(answer).toContain('success')
    return statusCode
  }

  /** Waits until so many pushes are processed. */
  function processed(count: number): Promise<unknown> {
    return eventually(async () => {
      const { rows } = await seed.test.owner.query('SELECT 1 FROM webhooks WHERE tenant_id = $1 AND processed_at IS NOT NULL', [
        seed.tenant,
      ])
      expect(rows).toHaveLength(count)
    })
  }
  return shop
}
