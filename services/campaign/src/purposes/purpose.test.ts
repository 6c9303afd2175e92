import { Templates } from '@renmai/platform/render/templates'
import { newId } from '@renmai/platform/serve/ids'
import { Cursors } from '@renmai/platform/serve/page'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { key, testContext } from '@renmai/platform/testing/viewers'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { startTags } from '../../test/tags.ts'
import type { Context } from '../context.ts'
import { publishJourney } from '../journeys/publish-journey.ts'
import { createLoaders } from '../loaders.ts'
import { publishMessageTemplate } from '../message-templates/publish-message-template.ts'
import { createSegment } from '../segments/create-segment.ts'
import { campaign } from '../service.ts'

let test: TestDatabase
let outside: Awaited<ReturnType<typeof startTags>>
let ctx: Context
let isAway = false
const templates = new Templates()
beforeAll(async () => {
  const isPurpose = (purpose: string) => {
    if (isAway) throw new Error('away')
    return purpose === 'news'
  }
  ;[test, outside] = await Promise.all([testDatabase(inject('postgresUrl'), campaign), startTags(() => true, isPurpose)])
  const base = { ...testContext(test.db, newId()), cursors: new Cursors('c'.repeat(32)) }
  ctx = { ...base, bus: outside.bus, templates, load: createLoaders(base) }
})
afterAll(() => Promise.all([test.drop(), outside.stop(), templates.close()]))

it('a journey is published only for purposes that exist, and a repeat does without compliance', async () => {
  const { id: segmentId } = await createSegment(ctx, { idempotencyKey: key(), name: newId(), definition: { orders: {} } })
  const text = { name: newId(), channel: 'EMAIL' as const, body: 'x' }
  const { id: messageTemplateId } = await publishMessageTemplate(ctx, { idempotencyKey: key(), ...text })
  const send = (id: string, purpose: string, next: string) => ({ send: { id, messageTemplateId, purpose, next } })
  const publish = (purpose: string, idempotencyKey = key()) =>
    publishJourney(ctx, {
      idempotencyKey,
      name: purpose,
      trigger: { segmentEntered: { segmentId } },
      nodes: [send('a', 'news', 'b'), send('b', purpose, 'end'), { exit: { id: 'end' } }],
    })
  await expect(publish('gossip')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    fields: { 'nodes.1.send.purpose': 'There is no purpose with the key gossip' },
  })
  const same = key()
  const first = await publish('news', same)
  isAway = true
  expect(await publish('news', same)).toEqual(first)
})
