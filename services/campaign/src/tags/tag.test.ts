import { Templates } from '@renmai/platform/render/templates'
import { writeGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { Cursors } from '@renmai/platform/serve/page'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { key, testContext } from '@renmai/platform/testing/viewers'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startTags } from '../../test/tags.ts'
import type { Context } from '../context.ts'
import { publishJourney } from '../journeys/publish-journey.ts'
import { createLoaders } from '../loaders.ts'
import { createSegment } from '../segments/create-segment.ts'
import { previewSegment } from '../segments/preview-segment.ts'
import { campaign } from '../service.ts'

const [known, unknown] = [newId(), newId()]
let test: TestDatabase
let tags: Awaited<ReturnType<typeof startTags>>
let ctx: Context
beforeAll(async () => {
  ;[test, tags] = await Promise.all([testDatabase(inject('postgresUrl'), campaign), startTags((id) => id === known)])
  const base = testContext(test.db, newId())
  ctx = {
    ...base,
    bus: tags.bus,
    cursors: new Cursors('c'.repeat(32)),
    templates: new Templates(),
    load: createLoaders({ ...base, cursors: new Cursors('c'.repeat(32)) }),
  }
})
afterAll(() => Promise.all([test.drop(), tags.stop()]))

const create = (definition: object) => createSegment(ctx, { idempotencyKey: key(), name: newId(), definition })
const publish = (segmentId: string, condition: object) =>
  publishJourney(ctx, {
    idempotencyKey: key(),
    name: newId(),
    trigger: { segmentEntered: { segmentId } },
    nodes: [{ split: { id: 'split', condition, next: 'end', otherwise: 'end' } }, { exit: { id: 'end' } }],
  })
const deep = (tagId: string) => ({ all: [{ tagId: known }, { not: { any: [{ orders: {} }, { tagId }] } }] })
const refused = (field: string) => ({ code: 'NOT_FOUND', fields: { [field]: expect.stringContaining(writeGlobalId('Tag', unknown)) } })

describe('a tag that does not exist', () => {
  it.each([
    ['a segment', create, 'definition'],
    ['a preview', (definition: object) => previewSegment(ctx, definition), 'definition'],
    ['a journey', async (condition: object) => publish((await create({ orders: {} })).id, condition), 'nodes'],
  ])('is refused in %s, wherever it stands, and one that exists is not', async (_where, use, field) => {
    await expect(use({ tagId: unknown })).rejects.toMatchObject(refused(field))
    await expect(use(deep(unknown))).rejects.toMatchObject(refused(field))
    await use(deep(known))
  })
})
