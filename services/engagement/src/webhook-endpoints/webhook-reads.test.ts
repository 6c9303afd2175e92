import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { query, send } from '../../test/query.ts'
import { webhookSeed } from '../../test/webhook-seed.ts'
import { deleteWebhookEndpoint } from './delete-webhook-endpoint.ts'
import { rotateWebhookSecret } from './rotate-webhook-secret.ts'
import { testWebhookEndpoint } from './test-webhook-endpoint.ts'
import { updateWebhookEndpoint } from './update-webhook-endpoint.ts'

const seed = webhookSeed()

const DELIVERIES = `query E($id: ID!, $filter: WebhookDeliveryFilter, $orderBy: WebhookDeliveryOrder) {
  webhookEndpoint(id: $id) { deliveries(first: 10, filter: $filter, orderBy: $orderBy) { nodes { id state isTest } totalCount } } }`
const DELIVERY = 'query D($id: ID!) { webhookDelivery(id: $id) { state endpoint { url } } }'

describe('a repeat', () => {
  it('of creating or changing an endpoint succeeds while the services that checked it are away', async () => {
    const [ctx, input] = [seed.contextOf(), { idempotencyKey: key() }]
    const made = await seed.create(input, ctx)
    const update = { idempotencyKey: key(), endpointId: made.id, document: 'subscription { messageReceived { id } }' }
    await updateWebhookEndpoint(ctx, update)
    seed.check = () => {
      throw new AppError('UNAVAILABLE', 'away')
    }
    expect(await seed.create(input, ctx)).toEqual({ id: made.id })
    expect(await updateWebhookEndpoint(ctx, update)).toEqual({ id: made.id })
    await expect(seed.create({}, ctx)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})

describe('deliveries of an endpoint', () => {
  it('are listed by state, kind and time, newest first', async () => {
    const { id } = await seed.create()
    await seed.happen(seed.received(), seed.received())
    const { id: test } = await testWebhookEndpoint(seed.contextOf(), { idempotencyKey: key(), endpointId: id })
    const [first, second] = (await seed.rows(id)).map((row) => row.id)
    await seed.test.owner.query("UPDATE webhook_deliveries SET state = 'FAILED' WHERE id = $1", [first])
    const listed = async (filter: object, orderBy?: object) => {
      const { webhookEndpoint } = await query(seed.contextOf(), DELIVERIES, { id, filter, orderBy })
      const { nodes, totalCount } = webhookEndpoint.deliveries
      expect(totalCount).toBe(nodes.length)
      return nodes.map((node: { id: string }) => node.id)
    }
    expect(await listed({})).toEqual([test, second, first])
    expect(await listed({}, { field: 'CREATED_AT', direction: 'ASC' })).toEqual([first, second, test])
    expect(await listed({ state: 'FAILED' })).toEqual([first])
    expect(await listed({ states: ['PENDING', 'FAILED'], isTest: false })).toEqual([second, first])
    expect(await listed({ isTest: true })).toEqual([test])
    expect(await listed({ createdFrom: '2020-01-01T00:00:00Z', createdBefore: '2021-01-01T00:00:00Z' })).toEqual([])
  })

  it("are the client's own, and not readable once the endpoint is deleted", async () => {
    const { id: endpointId } = await seed.create({}, seed.contextOf())
    const { id } = await testWebhookEndpoint(seed.contextOf(), { idempotencyKey: key(), endpointId })
    const read = async (ctx: ReturnType<typeof seed.contextOf>) => (await query(ctx, DELIVERY, { id })).webhookDelivery
    expect(await read(seed.contextOf())).toEqual({ state: 'PENDING', endpoint: { url: seed.url } })
    expect(await read(seed.asClient(seed.client))).toMatchObject({ state: 'PENDING' })
    expect([await read(seed.asClient(newId())), await read(seed.contextOf(newId()))]).toEqual([null, null])
    await deleteWebhookEndpoint(seed.contextOf(), { idempotencyKey: key(), endpointId })
    expect(await read(seed.contextOf())).toBeNull()
  })
})

it('endpoints are listed by client and by what disabled them', async () => {
  const [mine, disabled] = [await seed.create(), await seed.create({ clientId: newId() })]
  await updateWebhookEndpoint(seed.contextOf(), { idempotencyKey: key(), endpointId: disabled.id, isEnabled: false })
  const ids = async (filter: string) =>
    (await query(seed.contextOf(), `{ webhookEndpoints(filter: { ${filter} }) { nodes { id } } }`)).webhookEndpoints.nodes.map(
      (one: { id: string }) => one.id,
    )
  expect(await ids(`clientId: "${seed.client}"`)).toEqual([mine.id])
  expect(await ids('isEnabled: true')).toEqual([mine.id])
  expect(await ids('isEnabled: false, disabledReason: BY_HAND')).toEqual([disabled.id])
  expect(await ids('disabledReason: GONE')).toEqual([])
  const { errors } = await send(seed.contextOf(), '{ webhookEndpoints(filter: { clientId: "x" }) { totalCount } }')
  expect(errors?.[0]?.message).toContain('filter.clientId')
})

it('an endpoint is rotated and deleted only at the version that the caller has read', async () => {
  const { id: endpointId } = await seed.create()
  const stale = { idempotencyKey: key(), endpointId, expectedVersion: 9 }
  const refused = { code: 'CONFLICT', fields: { expectedVersion: expect.stringContaining('version 1') } }
  await expect(rotateWebhookSecret(seed.contextOf(), stale)).rejects.toMatchObject(refused)
  await expect(deleteWebhookEndpoint(seed.contextOf(), stale)).rejects.toMatchObject(refused)
  await rotateWebhookSecret(seed.contextOf(), { ...stale, expectedVersion: 1 })
  expect(await seed.seen({ id: endpointId })).toMatchObject({ version: 2 })
  await deleteWebhookEndpoint(seed.contextOf(), { idempotencyKey: key(), endpointId, expectedVersion: 2 })
})
