import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { key } from '@renmai/platform/testing/viewers'
import {
  AuthorizeViewerRequestSchema,
  AuthorizeViewerResponseSchema,
  FindTagsRequestSchema,
  FindTagsResponseSchema,
} from '@renmai/proto/identity/v1/identity_service'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { contextOf } from '../../test/fixture.ts'
import { createApiClient } from '../api-clients/create-api-client.ts'
import { revokeApiClient } from '../api-clients/revoke-api-client.ts'
import { identity } from '../service.ts'
import { addStaff } from '../staff/add-staff.ts'
import { authorizeViewer } from '../staff/authorize-viewer.ts'
import { disableStaff } from '../staff/disable-staff.ts'
import { archiveTag } from './archive-tag.ts'
import { createTag } from './create-tag.ts'
import { createTagGroup } from './create-tag-group.ts'
import { findTags } from './find-tags.ts'

const tenant = newId()
let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), identity)
})
afterAll(() => test.drop())

async function find(tenantId: string, tagIds: string[]): Promise<string[]> {
  const request = toBinary(FindTagsRequestSchema, create(FindTagsRequestSchema, { tenantId, tagIds }))
  return fromBinary(FindTagsResponseSchema, await findTags(test.db).reply(request)).tagIds
}
async function authorize(kind: string, viewerId: string, tenantId = tenant) {
  const request = create(AuthorizeViewerRequestSchema, { tenantId, kind, viewerId })
  const reply = await authorizeViewer(test.db).reply(toBinary(AuthorizeViewerRequestSchema, request))
  const { isKnown, isActive, scopes } = fromBinary(AuthorizeViewerResponseSchema, reply)
  return { isKnown, isActive, may: scopes.length > 0 }
}

it('a tag is found in its tenant only, while it is not archived, and an invalid id finds none', async () => {
  const ctx = contextOf(test, tenant)
  const { id: groupId } = await createTagGroup(ctx, { idempotencyKey: key(), name: '等级' })
  const { id } = await createTag(ctx, { idempotencyKey: key(), groupId, name: 'VIP' })
  expect(await find(tenant, [newId(), id, 'x'])).toEqual([id])
  expect(await find(newId(), [id])).toEqual([])
  await archiveTag(ctx, { idempotencyKey: key(), tagId: id })
  expect(await find(tenant, [id]), 'an archived one').toEqual([])
})

describe('a viewer that has no rights any more', () => {
  const [active, ended, unknown] = [
    { isKnown: true, isActive: true, may: true },
    { isKnown: true, isActive: false, may: false },
    { isKnown: false, isActive: false, may: false },
  ]

  it('is known as a client, unlike an id that does not exist', async () => {
    const ctx = contextOf(test, tenant)
    const { id } = await createApiClient(ctx, { idempotencyKey: key(), name: 'c', scopes: ['events:write'] })
    expect(await authorize('CLIENT', id)).toEqual(active)
    await revokeApiClient(ctx, { idempotencyKey: key(), clientId: id })
    expect([await authorize('CLIENT', id), await authorize('CLIENT', id, newId()), await authorize('CLIENT', newId())]).toEqual([
      ended,
      unknown,
      unknown,
    ])
  })

  it('is known as a member of staff, unlike an id that does not exist', async () => {
    const ctx = contextOf(test, tenant)
    const { id } = await addStaff(ctx, { idempotencyKey: key(), subject: 's', name: 'n', roles: ['AGENT'] })
    expect(await authorize('STAFF', id)).toEqual(active)
    await disableStaff(ctx, { idempotencyKey: key(), staffId: id })
    expect([await authorize('STAFF', id), await authorize('STAFF', newId())]).toEqual([ended, unknown])
  })
})
