import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { WebhookEndpointDisabledSchema } from '@renmai/proto/engagement/v1/events'
import { describe, expect, it } from 'vitest'
import { webhookSeed } from '../../test/webhook-seed.ts'
import { claimDeliveries } from './claim-deliveries.ts'
import { deleteWebhookEndpoint } from './delete-webhook-endpoint.ts'
import { replayWebhookDeliveries } from './replay-webhook-deliveries.ts'
import { testWebhookEndpoint } from './test-webhook-endpoint.ts'
import { updateWebhookEndpoint } from './update-webhook-endpoint.ts'

const seed = webhookSeed()

describe('an endpoint gets no more deliveries', () => {
  const disabled = async (id: string, reason: string) => {
    await eventually(async () => expect((await seed.endpoint(id)).disabled_reason).toBe(reason))
    expect((await published(seed.test, WebhookEndpointDisabledSchema)).filter(({ endpointId }) => endpointId === id)).toMatchObject([
      { tenantId: seed.tenant, reason },
    ])
  }

  it('when it answers 410', async () => {
    const made = await seed.create()
    seed.respond = (_request, response) => response.writeHead(410).end()
    await seed.happen(...Array.from({ length: 8 }, () => seed.received()))
    seed.start()
    await disabled(made.id, 'GONE')
    await seed.settled('FAILED', 8)
    await seed.happen(seed.received())
    expect(await seed.rows()).toHaveLength(8)
    // Deliveries that were being queued at that moment.
    await seed.test.owner.query("UPDATE webhook_deliveries SET state = 'PENDING', next_at = now()")
    expect(await claimDeliveries(seed.test.db, seed.tenant, [], 10)).toEqual([])
  })

  it('when nothing could be delivered for five days', async () => {
    const made = await seed.create()
    seed.respond = (_request, response) => response.writeHead(503).end()
    await seed.test.owner.query("UPDATE webhook_endpoints SET failing_since = now() - interval '5 days 1 minute' WHERE id = $1", [made.id])
    await seed.happen(seed.received())
    seed.start()
    await disabled(made.id, 'FAILING')
    await seed.settled('FAILED')
  })

  it('when its client has no rights any more', async () => {
    const made = await seed.create()
    seed.tell = () => {
      throw new AppError('FORBIDDEN', 'not active')
    }
    await seed.happen(seed.received())
    seed.start()
    await disabled(made.id, 'CLIENT_REVOKED')
    expect(seed.got).toHaveLength(0)
  })

  it('when a viewer disables it, until it is enabled again; deliveries that waited can be replayed', async () => {
    const made = await seed.create()
    await seed.happen(seed.received())
    const input = () => ({ idempotencyKey: key(), endpointId: made.id })
    expect(await seed.seen(await updateWebhookEndpoint(seed.contextOf(), { ...input(), isEnabled: false }))).toMatchObject({
      disabledReason: 'BY_HAND',
    })
    await seed.happen(seed.received())
    await expect(replayWebhookDeliveries(seed.contextOf(), { ...input(), failedSince: new Date('2000-01-01') })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    await expect(testWebhookEndpoint(seed.contextOf(), input())).rejects.toMatchObject({ code: 'CONFLICT' })
    seed.start()
    expect(await seed.seen(await updateWebhookEndpoint(seed.contextOf(), { ...input(), isEnabled: true }))).toMatchObject({
      disabledReason: null,
    })
    const [failed] = await seed.rows()
    expect(failed!.state).toBe('FAILED')
    expect((await replayWebhookDeliveries(seed.contextOf(), { ...input(), failedSince: new Date('2000-01-01') })).replayed).toBe(1)
    await seed.settled('DELIVERED')
    expect(seed.got.map(({ headers }) => headers['webhook-id'])).toEqual([failed!.id])
    await expect(replayWebhookDeliveries(seed.contextOf(), { ...input(), deliveryIds: [failed!.id, newId()] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      fields: { deliveryIds: expect.any(String) },
    })
    expect((await replayWebhookDeliveries(seed.contextOf(), { ...input(), deliveryIds: [failed!.id] })).replayed).toBe(1)
    await eventually(() => expect(seed.got).toHaveLength(2))
  })

  it('when it is deleted', async () => {
    const made = await seed.create()
    await seed.happen(seed.received())
    expect(await deleteWebhookEndpoint(seed.contextOf(), { idempotencyKey: key(), endpointId: made.id })).toEqual({
      deletedEndpointId: made.id,
    })
    await seed.happen(seed.received())
    seed.start()
    await seed.settled('FAILED')
    expect(seed.got).toHaveLength(0)
  })
})
