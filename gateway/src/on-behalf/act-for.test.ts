import { answer, answerAll } from '@renmai/platform/events/ask'
import { type Bus, connectBus } from '@renmai/platform/events/bus'
import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { makeFolder } from '@renmai/platform/testing/folder'
import { type Nats, startNats } from '@renmai/platform/testing/nats'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planOf } from '../cost/plan.ts'
import { createActFor } from './act-for.ts'

const folder = makeFolder('act-for')
let [nats, bus]: [Nats, Bus] = [] as never
let stop: () => Promise<void>

beforeAll(async () => {
  nats = await startNats({ folder: folder.path, logs: folder.path })
  const log = createLog('test', 'silent')
  bus = await connectBus({ NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' }, 'test', log)
  const found = { isActive: true, scopes: ['customers:read', 'exports:write'], plan: 'STANDARD' }
  stop = answerAll(bus, 'identity', [answer(IdentityService.method.authorizeViewer, async () => found)])
})
afterAll(async () => {
  await stop()
  await bus.nats.close()
  await nats.stop()
  folder.remove()
})

describe('a task that runs later for a client', () => {
  it('has the scopes of its request that the client still has, also when the client is remembered', async () => {
    const actFor = createActFor(bus, planOf(500))
    const [tenantId, id] = [newId(), newId()]
    const scopesFor = async (stored: string[]) => [...(await actFor(tenantId, 'CLIENT', id, stored)).scopes]
    expect(await scopesFor(['customers:read', 'exports:write'])).toEqual(['customers:read', 'exports:write'])
    expect(await scopesFor(['exports:write', 'personal:read'])).toEqual(['exports:write'])
    expect(await scopesFor([])).toEqual([])
  })
})
