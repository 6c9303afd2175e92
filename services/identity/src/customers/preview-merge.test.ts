import { answer, answerAll } from '@renmai/platform/events/ask'
import { type Bus, connectBus } from '@renmai/platform/events/bus'
import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { makeFolder } from '@renmai/platform/testing/folder'
import { startNats } from '@renmai/platform/testing/nats'
import { key } from '@renmai/platform/testing/viewers'
import { MergeEffect, type PreviewMergeRequest } from '@renmai/proto/identity/v1/merge_preview'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { identitySeed } from '../../test/seed.ts'
import { createAttributeField } from '../attributes/create-attribute-field.ts'
import { separateCustomers } from '../graph/separate-customers.ts'
import { mergeCustomers } from './merge-customers.ts'
import { previewMerge } from './preview-merge.ts'
import { PREVIEWS } from './preview-services.ts'

const seed = identitySeed()
const folder = makeFolder('previews')
const asked: PreviewMergeRequest[] = []
let [bus, stop]: [Bus, () => Promise<void>] = [] as never

/** Only engagement and campaign answer: the others are away. */
beforeAll(async () => {
  const nats = await startNats({ folder: folder.path, logs: folder.path })
  const settings = { NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' } as const
  bus = await connectBus(settings, 'test', createLog('test', 'silent'))
  const answers = [PREVIEWS.engagement, PREVIEWS.campaign].map((method) =>
    answer(method, async (request) => {
      asked.push(request)
      return { changes: [{ effect: MergeEffect.ORDERS, count: 3 }, { effect: 99 as MergeEffect }] }
    }),
  )
  const stopAnswers = answerAll(bus, 'test', answers)
  stop = async () => {
    await stopAnswers()
    await bus.nats.close()
    await nats.stop()
    folder.remove()
  }
})
afterAll(() => stop())

const preview = (survivorId: string, absorbedId: string) => previewMerge({ ...seed.context(), bus }, { survivorId, absorbedId })

it('a preview lists what a merge changes here and in each service, and names the services that are away', async () => {
  for (const name of ['level', 'city', 'shoe'])
    await createAttributeField(seed.context(), {
      idempotencyKey: key(),
      key: name,
      label: name,
      kind: 'TEXT',
      sensitivity: name === 'city' ? 'PERSONAL' : 'NONE',
    })
  const [old, late] = [new Date('2025-01-01'), new Date('2026-01-01')]
  const one = await seed.meet({ unionid: 'u-1', attributes: { level: 'a', city: 'Xi’an', shoe: '40' }, at: old })
  const other = await seed.meet({ unionid: 'u-2', attributes: { level: 'b', city: 'Xi’an' }, at: late })
  await separateCustomers(seed.context(), { idempotencyKey: key(), customerA: one.customerId, customerB: other.customerId, reason: 'two' })
  const found = await preview(one.customerId, other.customerId)
  expect(found).toMatchObject({ movedProfileIds: [other.profileId], changedFields: ['level'] })
  expect(found.conflicts).toMatchObject([{ kind: 'ENDS_RULING' }, { kind: 'DIFFERENT_UNIONIDS', namespace: 'unionid@corp' }])
  const away = { isAvailable: false, errorCode: 'UNAVAILABLE', changes: [] }
  const here = { isAvailable: true, errorCode: null, changes: [{ what: 'ORDERS', count: 3, hasMore: false }] }
  expect(found.services).toEqual([
    { service: 'analytics', ...away },
    { service: 'campaign', ...here },
    { service: 'compliance', ...away },
    { service: 'engagement', ...here },
  ])
  expect(asked.at(-1)).toMatchObject({ tenantId: seed.tenant, survivorProfileIds: [one.profileId], absorbedProfileIds: [other.profileId] })
  expect((await preview(other.customerId, one.customerId)).changedFields).toEqual(['shoe'])
})

it('a preview fails as the merge would', async () => {
  const [one, other] = [await seed.meet(), await seed.meet()]
  await expect(preview(one.customerId, one.customerId)).rejects.toMatchObject({ code: 'INVALID' })
  await expect(preview(one.customerId, newId())).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await mergeCustomers(seed.context(), { idempotencyKey: key(), survivorId: one.customerId, absorbedId: other.customerId, reason: 'x' })
  await expect(preview(one.customerId, other.customerId)).rejects.toMatchObject({ code: 'CONFLICT' })
  seed.tenant = newId()
  await expect(preview(one.customerId, other.customerId)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
