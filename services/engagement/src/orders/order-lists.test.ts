import { discardItems } from '@renmai/platform/quarantine/discard-items'
import { newId } from '@renmai/platform/serve/ids'
import { key, testContext } from '@renmai/platform/testing/viewers'
import { expect, it } from 'vitest'
import { engagementGraph } from '../../test/graph.ts'

const seed = engagementGraph()

const LAST_CHANGED = 'orderBy: { field: MODIFIED_AT, direction: DESC }'
const numbers = async (args: string) => {
  const { orders } = await seed.ask(`{ orders(${args}) { nodes { orderNo } totalCount } }`)
  expect(orders.totalCount).toBe(orders.nodes.length)
  return orders.nodes.map(({ orderNo }: { orderNo: string }) => orderNo)
}

it('orders are those for which each given condition holds', async () => {
  const customer = newId()
  const profile = await seed.meet(customer)
  await seed.order(profile, 1, { paidAt: new Date('2026-01-01T00:00:00Z') })
  await seed.order(profile, 2, { shopId: 'other', status: 'SHIPPED', paidAt: new Date('2026-01-02T00:00:00Z') })
  await seed.order(undefined, 3, { platform: 'IMPORT', paidAt: undefined, status: 'CREATED' })
  await seed.order(undefined, 4, { isRefundDocument: true, totalMinor: 0, refundedMinor: 5, paidAt: undefined })
  for (const [filter, wanted] of [
    ['platform: IMPORT', ['E3']],
    ['shopId: "other"', ['E2']],
    ['orderNo: "E2"', ['E2']],
    ['state: REFUNDED', ['E4']],
    ['states: [SHIPPED, CREATED]', ['E3', 'E2']],
    ['states: []', []],
    [`customerId: "${customer}"`, ['E2', 'E1']],
    [`profileId: "${profile}", state: PAID`, ['E1']],
    ['isAnonymous: true', ['E4', 'E3']],
    ['isAnonymous: false', ['E2', 'E1']],
    ['isRefundDocument: false, isAnonymous: true', ['E3']],
    ['paidFrom: "2026-01-02T00:00:00Z"', ['E2']],
    ['paidBefore: "2026-01-02T00:00:00Z"', ['E1']],
    ['modifiedFrom: "2026-01-01T01:02:00Z", modifiedBefore: "2026-01-01T01:04:00Z"', ['E3', 'E2']],
    [`customerId: "${newId()}"`, []],
  ] as const)
    expect(await numbers(`filter: { ${filter} }, ${LAST_CHANGED}`), filter).toEqual(wanted)
  expect(await numbers('orderBy: { field: MODIFIED_AT }')).toEqual(['E1', 'E2', 'E3', 'E4'])
})

it('orders are in the order of their payment, those without one last either way, with cursors', async () => {
  const day = (no: number) => new Date(`2026-01-0${no}T00:00:00Z`)
  for (const [no, paidAt] of [
    [1, day(2)],
    [2, undefined],
    [3, day(1)],
    [4, day(2)],
    [5, undefined],
  ] as const)
    await seed.order(undefined, no, { paidAt, status: paidAt ? 'PAID' : 'CREATED' })
  for (const [direction, wanted] of [
    ['ASC', ['E3', 'E1 E4', 'E2 E5']],
    ['DESC', ['E1 E4', 'E3', 'E2 E5']],
  ] as const) {
    const orderBy = `orderBy: { field: PAID_AT, direction: ${direction} }`
    const seen: string[] = []
    for (let after: string | null = null; seen.length < 5; ) {
      const { orders } = await seed.ask(
        `query ($after: String) { orders(first: 2, after: $after, ${orderBy}) { nodes { orderNo } pageInfo { endCursor } } }`,
        {
          after,
        },
      )
      seen.push(...orders.nodes.map(({ orderNo }: { orderNo: string }) => orderNo))
      after = orders.pageInfo.endCursor
    }
    expect(seen.toSorted()).toEqual(['E1', 'E2', 'E3', 'E4', 'E5'])
    for (const group of wanted) expect(seen.splice(0, group.split(' ').length).toSorted()).toEqual(group.split(' '))
  }
})

it('orders are refused with the name of a wrong condition', async () => {
  for (const [filter, field] of [
    ['customerId: "x"', 'filter.customerId'],
    ['profileId: "x"', 'filter.profileId'],
    [`states: [${'PAID '.repeat(101)}]`, 'filter.states'],
  ]) {
    const { errors } = await seed.run(`{ orders(filter: { ${filter} }) { nodes { id } } }`)
    expect(errors?.[0]?.message, filter).toContain(field)
  }
})

it('Customer.orders are pages of all profiles of each customer, last changed first', async () => {
  const [ann, bob] = [newId(), newId()]
  const [first, second, other] = [await seed.meet(ann), await seed.meet(ann), await seed.meet(bob)]
  await seed.order(second, 3)
  await seed.order(first, 1)
  await seed.order(first, 2, { status: 'CREATED', paidAt: undefined })
  await seed.order(other, 4)
  const fields = 'orders(first: 2) { nodes { orderNo state } totalCount } paid: orders(filter: { state: PAID }) { totalCount }'
  const found = await seed.ofCustomers([ann, bob], fields)
  const paid = (orderNo: string) => ({ orderNo, state: 'PAID' })
  expect(found).toEqual([
    { orders: { nodes: [paid('E3'), { orderNo: 'E2', state: 'CREATED' }], totalCount: 3 }, paid: { totalCount: 2 } },
    { orders: { nodes: [paid('E4')], totalCount: 1 }, paid: { totalCount: 1 } },
  ])
})

it('Customer.orderSummary has one amount for each currency: 7000 JPY and 10 CNY are never added', async () => {
  const [ann, bob] = [newId(), newId()]
  const profile = await seed.meet(ann)
  await seed.meet(bob)
  const sum = (amountMinor: number) => ({ totalMinor: amountMinor, lines: [{ sku: 'a', title: 'a', quantity: 1, amountMinor }] })
  await seed.order(profile, 1, { currency: 'JPY', ...sum(7_000) })
  await seed.order(profile, 2, { ...sum(1_500), refundedMinor: 500, refundedAt: new Date('2026-01-03') })
  await seed.order(profile, 3, { currency: 'USD', paidAt: undefined, status: 'CREATED' })
  const fields = 'orderSummary { paidOrders netPaid { amount currency } lastPaidAt }'
  const netPaid = [
    { amount: '10.00', currency: 'CNY' },
    { amount: '7000', currency: 'JPY' },
  ]
  expect(await seed.ofCustomers([ann, bob], fields)).toEqual([
    { orderSummary: { paidOrders: 2, netPaid, lastPaidAt: '2026-01-01T00:00:00.000Z' } },
    { orderSummary: { paidOrders: 0, netPaid: [], lastPaidAt: null } },
  ])
})

it('Customer.orderSummary takes refund documents off, and neither pays nor refunds by an order that was never paid', async () => {
  const ann = newId()
  const profile = await seed.meet(ann)
  await seed.order(profile, 1, { totalMinor: 1_500, lines: [{ sku: 'a', title: 'a', quantity: 1, amountMinor: 1_500 }] })
  const paidAt = new Date('2026-02-01T00:00:00Z')
  await seed.order(profile, 2, { isRefundDocument: true, totalMinor: 0, lines: [], refundedMinor: 600, paidAt, refundedAt: paidAt })
  await seed.order(profile, 3, { refundedMinor: 1, refundedAt: paidAt, paidAt: undefined, status: 'CREATED' })
  const fields = 'orderSummary { paidOrders netPaid { amount } lastPaidAt }'
  expect(await seed.ofCustomers([ann], fields)).toEqual([
    { orderSummary: { paidOrders: 1, netPaid: [{ amount: '9.00' }], lastPaidAt: '2026-01-01T00:00:00.000Z' } },
  ])
})

it('parked orders are listed with their reasons, by platform, shop and reason', async () => {
  await seed.order(undefined, 1, { totalMinor: 1 })
  await seed.order(undefined, 2, { discountMinor: -1, shopId: 'other', platform: 'IMPORT' })
  const read = async (filter: string) =>
    (await seed.ask(`{ parkedOrders(filter: { ${filter} }) { nodes { orderNo reason } totalCount } }`)).parkedOrders
  const [contradictory, negative] = [
    { orderNo: 'E1', reason: 'ORDER_INCONSISTENT' },
    { orderNo: 'E2', reason: 'NEGATIVE_AMOUNT' },
  ]
  const all = await read('')
  expect(all.nodes).toHaveLength(2)
  expect(all).toEqual({ nodes: expect.arrayContaining([negative, contradictory]), totalCount: 2 })
  expect((await read('reason: ORDER_INCONSISTENT')).nodes).toEqual([contradictory])
  expect((await read('platform: IMPORT')).nodes).toEqual([negative])
  expect((await read('shopId: "other", reason: ORDER_INCONSISTENT')).nodes).toEqual([])
  const context = testContext(seed.test.db, seed.tenant)
  const query = "SELECT id, version FROM quarantined_items WHERE tenant_id = $1 AND subject = 'E1'"
  const { rows: items } = await seed.test.owner.query<{ id: string; version: number }>(query, [seed.tenant])
  await discardItems(context, 'discard', { idempotencyKey: key(), items, reason: 'wrong' })
  expect(await read('')).toEqual({ nodes: [negative], totalCount: 1 })
})
