import { key } from '@renmai/platform/testing/viewers'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { type Got, webhookSeed } from '../../test/webhook-seed.ts'
import { claimDeliveries } from './claim-deliveries.ts'
import { forgetOld } from './forget-deliveries.ts'
import { recordDelivery } from './record-delivery.ts'
import { rotateWebhookSecret } from './rotate-webhook-secret.ts'
import { testWebhookEndpoint } from './test-webhook-endpoint.ts'

const seed = webhookSeed()

const HOUR_MS = 3_600_000

describe('secrets', () => {
  it('are two for a day after a rotation, and then one', async () => {
    const { secret: old, ...made } = await seed.create()
    const { secret } = await rotateWebhookSecret(seed.contextOf(), { idempotencyKey: key(), endpointId: made.id })
    await seed.happen(seed.received())
    const { stop } = seed.start()
    await seed.settled('DELIVERED')
    const isGood = ({ body, headers }: Got, one: string) => {
      try {
        return Boolean(new Webhook(one).verify(body, headers))
      } catch {
        return false
      }
    }
    expect([old!, secret!].map((one) => isGood(seed.got[0]!, one))).toEqual([true, true])
    await stop()
    await seed.test.owner.query('UPDATE webhook_endpoints SET previous_secret_until = $1', [new Date(Date.now() - HOUR_MS)])
    await seed.happen(seed.received())
    seed.start()
    await seed.settled('DELIVERED', 2)
    expect([old!, secret!].map((one) => isGood(seed.got[1]!, one))).toEqual([false, true])
    expect(isGood({ ...seed.got[1]!, body: `${seed.got[1]!.body} ` }, secret!)).toBe(false)
  })
})

describe('a test', () => {
  it('is sent once, one in ten seconds, and its failure does not count for the endpoint', async () => {
    const made = await seed.create()
    seed.respond = (_request, response) => response.writeHead(500).end('what stands here is nobody’s business')
    const input = () => ({ idempotencyKey: key(), endpointId: made.id })
    await testWebhookEndpoint(seed.contextOf(), input())
    await expect(testWebhookEndpoint(seed.contextOf(), input())).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 10 })
    seed.start()
    await seed.settled('FAILED')
    expect(JSON.parse(seed.got[0]!.body)).toMatchObject({ type: 'test', data: null })
    expect((await seed.endpoint(made.id)).failing_since).toBeNull()
    expect(JSON.stringify(await seed.rows())).not.toContain('business')
    await testWebhookEndpoint(seed.contextOf(seed.tenant, { now: () => new Date(Date.now() + 11_000) }), input())
  })
})

describe('the log', () => {
  it('is deleted after thirty days', async () => {
    await seed.create()
    await seed.happen(seed.received(), seed.received())
    await seed.test.owner.query(
      "UPDATE webhook_deliveries SET created_at = now() - interval '31 days' WHERE id = (SELECT id FROM webhook_deliveries ORDER BY id LIMIT 1)",
    )
    expect(await forgetOld(seed.worker, seed.tenant)).toBe(1)
    expect(await seed.rows()).toHaveLength(1)
  })

  it('keeps the last twenty attempts', async () => {
    await seed.create()
    await seed.happen(seed.received())
    for (let no = 0; no < 23; no++) {
      await seed.test.owner.query("UPDATE webhook_deliveries SET next_at = now(), state = 'PENDING', attempts = 0")
      const [due] = await claimDeliveries(seed.test.db, seed.tenant, [], 1)
      await recordDelivery(seed.worker, due!, { sent: { status: 500 + no, problem: 'REFUSED' }, durationMs: 1 })
    }
    expect((await seed.rows())[0]!.log.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, (_, no) => 503 + no))
  })
})
