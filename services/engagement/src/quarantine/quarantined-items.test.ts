import { withTenant } from '@renmai/platform/db/db'
import { answer, answerAll } from '@renmai/platform/events/ask'
import { correctItem } from '@renmai/platform/quarantine/correct-item'
import { listQuarantined } from '@renmai/platform/quarantine/list-quarantined'
import { previewOf } from '@renmai/platform/quarantine/preview-of'
import { allKinds } from '@renmai/platform/quarantine/quarantine'
import type { QuarantinedItem } from '@renmai/platform/quarantine/quarantine.table'
import { replayItems } from '@renmai/platform/quarantine/replay-items'
import { replayQuarantine } from '@renmai/platform/quarantine/replay-quarantine'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { describe, expect, it } from 'vitest'
import { orderAt } from '../../test/fixture.ts'
import { engagementSeed, viewed } from '../../test/seed.ts'
import { connectAccount } from '../channels/connect-account.ts'
import type { Deps } from '../context.ts'
import { handlers } from '../handlers.ts'
import { processPushes } from '../intake/process-pushes.ts'
import { storePush } from '../intake/store-push.ts'
import { storeOrders } from '../orders/store-orders.ts'
import { quarantine } from '../quarantine.ts'
import { queues } from '../queues.ts'
import { resolvePending } from '../touchpoints/resolve-pending.ts'

const seed = engagementSeed()
const kinds = allKinds('engagement', { queues, handlers, quarantine })
const replaying = replayQuarantine<Deps>(kinds)

const first = async (): Promise<QuarantinedItem> => (await listQuarantined(seed.contextOf(), {})).nodes[0]!
const preview = async () => previewOf(seed.contextOf(), kinds, await first())
const replay = async (item: QuarantinedItem) =>
  replayItems(seed.contextOf(), kinds, 'replay', { idempotencyKey: key(), items: [{ id: item.id, version: item.version }] })
async function correct(original: unknown) {
  const { id: itemId, version } = await first()
  const text = typeof original === 'string' ? original : JSON.stringify(original)
  return correctItem(seed.contextOf(), kinds, 'correct', { idempotencyKey: key(), itemId, version, original: text })
}
const rows = async (sql: string) => (await seed.test.owner.query(sql, [seed.tenant])).rows
const orders = () => rows('SELECT order_no, total_minor FROM orders WHERE tenant_id = $1')

describe('an order that contradicts itself', () => {
  it('is stored once its original is corrected, and not before', async () => {
    const bad = orderAt(1, { totalMinor: 1, buyer: { externalId: 'yz-open-id', phone: '13912340038' } })
    await withTenant(seed.test.db, seed.tenant, (tx) => storeOrders(tx, seed.worker, [{ order: bad, profileId: undefined }]))
    expect(await first()).toMatchObject({ kind: 'ORDER', source: 'YOUZAN:s', subject: 'E1', reason: 'ORDER_INCONSISTENT' })
    expect(await preview()).toContain('"status": "PAID"')
    expect(await preview()).not.toMatch(/13912340038|yz-open-id/)
    const claimed = seed.startIdentity()
    seed.work([replaying])
    await replay(await first())
    await eventually(async () =>
      expect(await first()).toMatchObject({ state: 'WAITING', reason: 'ORDER_INCONSISTENT', tries: 2, replayingSince: null }),
    )
    for (const wrong of ['[', '{}', bad, { ...bad, totalMinor: 100, shopId: 'other' }, { ...bad, modifiedAt: null }])
      await expect(correct(wrong)).rejects.toMatchObject({ code: 'INVALID', fields: { original: expect.any(String) } })
    expect([await orders(), claimed]).toEqual([[], []])
    await correct({ ...bad, totalMinor: 100 })
    await eventually(async () => expect((await first()).state).toBe('CORRECTED'))
    expect(await orders()).toEqual([{ order_no: 'E1', total_minor: 100 }])
    expect(claimed).toMatchObject([{ identifiers: ['buyer_id@s=yz-open-id', 'phone=13912340038'] }])
    expect((await published(seed.test, OrdersChangedSchema)).filter(({ tenantId }) => tenantId === seed.tenant)).toHaveLength(1)
    expect(await rows('SELECT 1 FROM parked_orders WHERE tenant_id = $1')).toEqual([])
  })
})

describe('a push of a kind that is not read', () => {
  const push = (type: string, msg: object) =>
    JSON.stringify({ type, kdt_id: 7, client_id: 'c', msg: encodeURIComponent(JSON.stringify(msg)) })
  const trade = {
    full_order_info: {
      order_info: { tid: 'E7', status: 'WAIT_SELLER_SEND_GOODS', update_time: '2026-01-02 10:00:00', pay_time: '2026-01-02 10:00:00' },
      pay_info: { payment: '1.00', post_fee: '0.00' },
      orders: [{ outer_sku_id: 'a', title: 'a', num: 1, total_fee: '1.00' }],
    },
  }

  it('is listed, waits further when it is still not read, and becomes an order when it is corrected', async () => {
    const { id: account } = await connectAccount(seed.contextOf(), 'YOUZAN', {
      idempotencyKey: key(),
      name: 'y',
      kdtId: '7',
      clientId: 'c',
      clientSecret: 's',
    })
    await storePush(seed.worker, seed.tenant, account, { identity: 'a', message: push('item_update', { phone: '13912340038' }) })
    seed.work([processPushes, replaying])
    await eventually(async () =>
      expect(await first()).toMatchObject({ kind: 'PUSH', source: account, reason: 'OTHER', detail: 'item_update' }),
    )
    expect(await preview()).not.toContain('13912340038')
    await replay(await first())
    await eventually(async () => expect(await first()).toMatchObject({ state: 'WAITING', reason: 'OTHER', tries: 2, replayingSince: null }))
    for (const wrong of ['no json', push('item_update', {}), push('trade_paid', {})])
      await expect(correct(wrong)).rejects.toMatchObject({ code: 'INVALID', fields: { original: expect.any(String) } })
    await correct(push('trade_paid', trade))
    await eventually(async () => expect((await first()).state).toBe('CORRECTED'))
    expect(await orders()).toEqual([{ order_no: 'E7', total_minor: 100 }])
  })
})

describe('a claim that identity refused', () => {
  it('is resolved by a replay, and its event is attached', async () => {
    const account = await seed.source()
    const refuse = answer(IdentityService.method.resolveProfiles, async ({ claims }) => ({
      profiles: claims.map(({ claimId }) => ({ claimId, errorCode: 'INVALID', errorMessage: 'no such person' })),
    }))
    const stop = answerAll(seed.bus, 'identity', [refuse])
    await seed.ingest(account, [viewed(1)])
    seed.work([resolvePending, replaying])
    await eventually(async () =>
      expect(await first()).toMatchObject({ kind: 'CLAIM', source: account, reason: 'INVALID', detail: 'no such person' }),
    )
    expect(await preview()).not.toContain('user-1')
    await expect(correct({ source: 'x' })).rejects.toMatchObject({ code: 'INVALID', fields: { original: expect.any(String) } })
    await stop()
    seed.startIdentity()
    await replay(await first())
    await eventually(async () => expect((await first()).state).toBe('REPLAYED'))
    expect(await rows('SELECT profile_id IS NOT NULL AS attached FROM touchpoints WHERE tenant_id = $1')).toEqual([{ attached: true }])
  })
})
