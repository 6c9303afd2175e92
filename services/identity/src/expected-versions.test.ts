import { key } from '@renmai/platform/testing/viewers'
import { expect, it } from 'vitest'
import { identitySeed } from '../test/seed.ts'
import { createApiClient } from './api-clients/create-api-client.ts'
import { revokeApiClient } from './api-clients/revoke-api-client.ts'
import { finishApiKeyRotation, rotateApiKey } from './api-clients/rotate-api-key.ts'
import { archiveAttributeField, restoreAttributeField } from './attributes/archive-attribute-field.ts'
import { createAttributeField } from './attributes/create-attribute-field.ts'
import type { Context } from './context.ts'
import { addStaff } from './staff/add-staff.ts'
import { disableStaff, enableStaff } from './staff/disable-staff.ts'
import { archiveTag, restoreTag } from './tags/archive-tag.ts'
import { archiveTagGroup, restoreTagGroup } from './tags/archive-tag-group.ts'
import { createTagGroup } from './tags/create-tag-group.ts'

const seed = identitySeed()

type Change = { idempotencyKey: string; expectedVersion?: number }
/** Changes of one object, in an order in which each of them is possible and changes its version. */
type Row = { create: () => Promise<{ id: string }>; steps: ((ctx: Context, id: string, change: Change) => Promise<unknown>)[] }

const ROWS: Record<string, Row> = {
  tag: {
    create: () => seed.tag('VIP'),
    steps: [(ctx, tagId, change) => archiveTag(ctx, { tagId, ...change }), (ctx, tagId, change) => restoreTag(ctx, { tagId, ...change })],
  },
  tagGroup: {
    create: () => createTagGroup(seed.context(), { idempotencyKey: key(), name: 'levels' }),
    steps: [
      (ctx, groupId, change) => archiveTagGroup(ctx, { groupId, ...change }),
      (ctx, groupId, change) => restoreTagGroup(ctx, { groupId, ...change }),
    ],
  },
  attributeField: {
    create: () =>
      createAttributeField(seed.context(), { idempotencyKey: key(), key: 'city', label: 'City', kind: 'TEXT', sensitivity: 'NONE' }),
    steps: [
      (ctx, fieldId, change) => archiveAttributeField(ctx, { fieldId, ...change }),
      (ctx, fieldId, change) => restoreAttributeField(ctx, { fieldId, ...change }),
    ],
  },
  staff: {
    create: () => addStaff(seed.context(), { idempotencyKey: key(), subject: 'agent', name: 'Agent', roles: ['AGENT'] }),
    steps: [
      (ctx, staffId, change) => disableStaff(ctx, { staffId, ...change }),
      (ctx, staffId, change) => enableStaff(ctx, { staffId, ...change }),
    ],
  },
  apiClient: {
    create: () => createApiClient(seed.context(), { idempotencyKey: key(), name: 'shop', scopes: ['events:write'] }),
    steps: [
      (ctx, clientId, change) => rotateApiKey(ctx, { clientId, ...change }),
      (ctx, clientId, change) => finishApiKeyRotation(ctx, { clientId, ...change }),
      (ctx, clientId, change) => revokeApiClient(ctx, { clientId, ...change }),
    ],
  },
}

it.each(Object.entries(ROWS))(
  'each change of a %s takes the version that its caller has read, and no other',
  async (name, { create, steps }) => {
    const { id } = await create()
    const versionOf = async () => ((await seed.context().load[name as 'tag'].load(id)) as { version: number }).version
    for (const step of steps) {
      const now = await versionOf()
      await expect(step(seed.context(), id, { idempotencyKey: key(), expectedVersion: now + 1 })).rejects.toMatchObject({
        code: 'CONFLICT',
        fields: { expectedVersion: expect.stringContaining(`version ${now};`) },
      })
      expect(await versionOf()).toBe(now)
      await step(seed.context(), id, { idempotencyKey: key(), expectedVersion: now })
      expect(await versionOf()).toBe(now + 1)
    }
  },
)
