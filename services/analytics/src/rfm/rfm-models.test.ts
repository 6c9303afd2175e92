import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { readSnapshot } from '@renmai/platform/testing/snapshots'
import { key } from '@renmai/platform/testing/viewers'
import { RfmClass, RfmClassChangedSchema } from '@renmai/proto/analytics/v1/events'
import { expect, it } from 'vitest'
import { analyticsSeed, at } from '../../test/seed.ts'
import { computeRfm } from './compute-rfm.ts'
import { rfmResolvers } from './rfm.resolvers.ts'
import { rfmClasses } from './rfm.snapshots.ts'

const seed = analyticsSeed()
const { Query, Customer, RfmModel } = rfmResolvers

const cuts = { recency: 'P30D', frequency: 2, monetary: { amount: '100', currency: 'CNY' } }
const compute = async (change: object = {}, asOf = '2026-03-11') => {
  const { id } = await computeRfm(seed.contextOf(), { idempotencyKey: key(), asOf, method: 'FIXED', cuts, ...change })
  return (await seed.contextOf().load.rfmRun.load(id))!
}
const classOf = async (id: string, modelId?: string) =>
  (await Customer.rfm({ id }, { modelId: modelId ?? null }, seed.contextOf()))?.rfmClass ?? null
const told = async () =>
  (await published(seed.test, RfmClassChangedSchema))
    .filter((one) => one.tenantId === seed.tenant)
    .flatMap(({ changes, runNumber }) => changes.map(({ rfmClass }) => [Number(runNumber), RfmClass[rfmClass]]))

/** A customer with two orders of 80 yuan, one of them of the shop `other`. */
async function buyer() {
  const [p, c] = [newId(), newId()]
  const first = seed.order(p, '2026-03-01T00:00:00Z', 80)
  await seed.hear(seed.link(p, c), first, seed.order(p, '2026-03-02T00:00:00Z', 80, { shopId: 'other' }))
  return c
}

it('a run for one shop, or with other parameters, replaces nobody else’s class', async () => {
  const c = await buyer()
  const all = await compute()
  const shop = await compute({ shopId: 'other' })
  const strict = await compute({ cuts: { ...cuts, frequency: 3 } })
  expect(await classOf(c)).toBe('KEY_VALUE')
  expect(await Promise.all([all, shop, strict].map(({ modelId }) => classOf(c, modelId!)))).toEqual([
    'KEY_VALUE',
    'GENERAL_DEVELOP',
    'KEY_DEVELOP',
  ])
  expect(await told()).toEqual([[1, 'KEY_VALUE']])
  expect(await Query.latestRfmRun({}, {}, seed.contextOf())).toMatchObject({ id: all.id })
})

it('the first model of all shops is the default; another one takes over by a run with makeDefault, and publishes its classes', async () => {
  const c = await buyer()
  const shop = await compute({ shopId: 'other' })
  expect([await classOf(c), await told(), await Query.latestRfmRun({}, {}, seed.contextOf())]).toEqual([null, [], undefined])
  await compute()
  await compute({ shopId: 'other', makeDefault: true })
  expect(await classOf(c)).toBe('GENERAL_DEVELOP')
  await compute()
  expect(await classOf(c)).toBe('GENERAL_DEVELOP')
  expect(await told()).toEqual([
    [2, 'KEY_VALUE'],
    [3, 'GENERAL_DEVELOP'],
  ])
  const { nodes } = await Query.rfmModels({}, { filter: { isDefault: true } }, seed.contextOf())
  expect(nodes.map(({ id }) => id)).toEqual([shop.modelId])
  expect(await RfmModel.latestRun(nodes[0]!, {}, seed.contextOf())).toMatchObject({ number: 3 })
})

it('runs with the same parameters are of one model, and each change of a class is kept', async () => {
  const c = await buyer()
  const { modelId } = await compute()
  await compute()
  await compute({}, '2026-05-11')
  expect((await compute({}, '2028-03-11')).modelId).toBe(modelId)
  const { nodes } = await Customer.rfmChanges({ id: c }, { filter: { modelId } }, seed.contextOf())
  expect(nodes.map((one) => [one.asOf, one.previousClass, one.rfmClass])).toEqual([
    ['2028-03-11', 'KEY_RETAIN', null],
    ['2026-05-11', 'KEY_VALUE', 'KEY_RETAIN'],
    ['2026-03-11', null, 'KEY_VALUE'],
  ])
  expect((await Query.rfmModels({}, {}, seed.contextOf(newId()))).nodes).toEqual([])
})

it('scores of a release that knew no models stay until the first run, which publishes what differs', async () => {
  const c = await buyer()
  await compute()
  await seed.test.owner.query('UPDATE rfm_runs SET model_id = NULL WHERE tenant_id = $1', [seed.tenant])
  for (const table of ['rfm_model_scores', 'rfm_models'])
    await seed.test.owner.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [seed.tenant])
  expect(await classOf(c)).toBe('KEY_VALUE')
  expect(await compute()).toMatchObject({ changed: 0 })
  expect(await compute({ cuts: { ...cuts, frequency: 3 }, makeDefault: true })).toMatchObject({ changed: 1 })
})

it('is as of the end of its window: later refunds change nothing, and the parts of one order are one order', async () => {
  const [p, c] = [newId(), newId()]
  const refund = (minor: bigint, time: string) => ({ state: 3, amountMinor: minor, at: at(time) })
  const parts = ['a', 'b'].map((orderKey) => seed.order(p, '2026-03-01T00:00:00Z', 50, { orderKey, parentOrderKey: 'whole' }))
  const refunds = [refund(1_000n, '2026-03-05T00:00:00Z'), refund(9_000n, '2026-03-20T00:00:00Z')]
  await seed.hear(seed.link(p, c), ...parts, seed.order(p, '2026-03-02T00:00:00Z', 100, { refunds, refundedMinor: 10_000n }))
  const scoreOf = async (asOf: string) => {
    await compute({}, asOf)
    const score = await seed.contextOf().load.rfm.load(c)
    return [score!.frequency, score!.monetaryMinor]
  }
  expect(await scoreOf('2026-03-11')).toEqual([2, 19_000])
  expect(await scoreOf('2026-03-21')).toEqual([1, 10_000])
})

it('classes are sent again by the latest run of the default model, which is newer than what consumers keep', async () => {
  const customers = [await buyer(), await buyer(), await buyer()].sort()
  await compute()
  const { id: runId, modelId } = await compute()
  await compute({ shopId: 'other' })
  const again = await readSnapshot(seed.test.db, seed.tenant, RfmClassChangedSchema, rfmClasses)
  expect(again).toMatchObject([
    { runId, modelId, runNumber: 2n, changes: [{}, {}] },
    { runId, modelId, runNumber: 2n, changes: [{}] },
  ])
  const changes = again.flatMap((event) => event.changes)
  expect(changes.map(({ customerId, rfmClass }) => [customerId, RfmClass[rfmClass]])).toEqual(customers.map((id) => [id, 'KEY_VALUE']))
  const told = (await published(seed.test, RfmClassChangedSchema)).filter((one) => one.tenantId === seed.tenant)
  expect(told.map((one) => one.modelId)).toEqual([modelId])
})
