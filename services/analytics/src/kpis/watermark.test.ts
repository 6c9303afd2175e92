import { type Bus, connectBus, declareStream } from '@renmai/platform/events/bus'
import { consumeAll } from '@renmai/platform/events/consume'
import { headersOf, seal } from '@renmai/platform/events/envelope'
import { newId, timeOfId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { event } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { makeFolder } from '@renmai/platform/testing/folder'
import { type Nats, startNats } from '@renmai/platform/testing/nats'
import { MessageSentSchema, OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { analyticsSeed, at } from '../../test/seed.ts'
import { handlers } from '../handlers.ts'
import { readKpis } from './read-kpis.ts'

const seed = analyticsSeed()
const folder = makeFolder('watermark')
let nats: Nats
let bus: Bus
beforeAll(async () => {
  nats = await startNats({ folder: folder.path, logs: folder.path })
  const settings = { NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' } as const
  bus = await connectBus(settings, 'test', createLog('test', 'silent'))
  await createConsumers()
})
afterAll(async () => {
  await bus.nats.close()
  await nats.stop()
  folder.remove()
})

/** Creates the durable consumers with the service's own code and stops them again: later events wait for them. */
async function createConsumers(): Promise<void> {
  for (const publisher of new Set(handlers.flatMap((handler) => handler.publishers))) await declareStream(bus, publisher)
  const consumptions = consumeAll(bus, seed.test.db, 'analytics', handlers)
  const areIdle = async () => expect(await Promise.all(consumptions.map((one) => one.isIdle()))).not.toContain(false)
  await eventually(areIdle)
  await Promise.all(consumptions.map((one) => one.stop()))
}
const withBus = () => ({ ...seed.contextOf(), bus, handlers })

it('the watermark is the time up to which the KPIs are complete, and never later', async () => {
  const watermark = async () => {
    const read = await readKpis(withBus(), { from: '2026-03-01', to: '2026-03-01' })
    return [read.isComplete, read.watermark?.getTime() ?? null]
  }
  const sent = () =>
    event(MessageSentSchema, seed.tenant, { messageId: newId(), profileId: newId(), channel: 'EMAIL', at: at('2026-03-01') })
  const [told, handled] = [sent(), sent()]
  expect((await watermark())[0]).toBe(true)
  const row = { event_id: told.eventId, tenant_id: seed.tenant, type: told.type, payload: Buffer.from(told.payload), trace: null }
  for (const one of seal('engagement', [row])) await bus.js.publish(one.subject, one.payload, { headers: headersOf(one) })
  // The server delivers a stored event to a consumer a moment after it has acknowledged the event.
  await eventually(async () => expect(await watermark()).toEqual([false, null]))
  await seed.hear(handled)
  expect(await watermark()).toEqual([false, timeOfId(handled.eventId).getTime()])
  await bus.manager.consumers.delete('engagement', 'analytics_' + handlers.find(({ type }) => type === OrdersChangedSchema.typeName)!.name)
  expect(await watermark()).toEqual([false, null])
})
