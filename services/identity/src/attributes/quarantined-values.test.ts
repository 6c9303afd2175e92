import { correctItem } from '@renmai/platform/quarantine/correct-item'
import { listQuarantined } from '@renmai/platform/quarantine/list-quarantined'
import { previewOf } from '@renmai/platform/quarantine/preview-of'
import { allKinds } from '@renmai/platform/quarantine/quarantine'
import type { QuarantinedItem } from '@renmai/platform/quarantine/quarantine.table'
import { replayItems } from '@renmai/platform/quarantine/replay-items'
import { replayQuarantine } from '@renmai/platform/quarantine/replay-quarantine'
import { createLog } from '@renmai/platform/serve/log'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { runQueues } from '@renmai/platform/work/run-queues'
import { CustomerChangedSchema } from '@renmai/proto/identity/v1/events'
import { afterEach, describe, expect, it } from 'vitest'
import { ring } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { quarantine } from '../quarantine.ts'
import { createAttributeField } from './create-attribute-field.ts'

const seed = identitySeed()
const kinds = allKinds('identity', { handlers: [], queues: [], quarantine })
let stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

const startReplays = () => {
  const deps = { ...seed.test, keyRing: ring, now: () => new Date(), log: createLog('test', 'silent') }
  stops = runQueues(deps, [replayQuarantine<typeof deps>(kinds)]).map(({ stop }) => stop)
}
const field = (more = {}) =>
  createAttributeField(seed.context(), { idempotencyKey: key(), key: 'city', label: 'City', kind: 'TEXT', sensitivity: 'NONE', ...more })
const first = async (): Promise<QuarantinedItem> => (await listQuarantined(seed.context(), {})).nodes[0]!
const replay = () => replayItems(seed.context(), kinds, 'replay', { idempotencyKey: key(), filter: { kinds: ['VALUE'] } })
const changes = async () => (await published(seed.test, CustomerChangedSchema)).filter(({ tenantId }) => tenantId === seed.tenant)

describe('a value', () => {
  it('without a field is set aside, and stored and published once its field exists', async () => {
    await seed.meet({ source: 'web', attributes: { city: 'Hangzhou' } })
    expect(await first()).toMatchObject({ kind: 'VALUE', source: 'web', subject: 'city', reason: 'FIELD_UNKNOWN', state: 'WAITING' })
    expect(await previewOf(seed.context(), kinds, await first())).toBe('•••')
    startReplays()
    await replay()
    await eventually(async () =>
      expect(await first()).toMatchObject({ state: 'WAITING', reason: 'FIELD_UNKNOWN', tries: 2, replayingSince: null }),
    )
    await field({ kind: 'OPTION', options: ['Wuhan'] })
    await replay()
    await eventually(async () => expect(await first()).toMatchObject({ state: 'WAITING', reason: 'VALUE_DOES_NOT_FIT', tries: 3 }))
    const { id: itemId, version } = await first()
    const correct = (original: string) =>
      correctItem(seed.context(), kinds, 'correct', { idempotencyKey: key(), itemId, version, original })
    await expect(correct('Ningbo')).rejects.toMatchObject({ code: 'INVALID', fields: { original: expect.any(String) } })
    await correct('Wuhan')
    await eventually(async () => expect((await first()).state).toBe('CORRECTED'))
    expect((await changes()).flatMap(({ attributes }) => attributes.map(({ value }) => value))).toEqual(['Wuhan'])
  })
})
