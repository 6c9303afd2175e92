import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { StaffChangedSchema } from '@renmai/proto/identity/v1/events'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { contextOf } from '../../test/fixture.ts'
import { identity } from '../service.ts'
import { addStaff } from './add-staff.ts'
import { disableStaff } from './disable-staff.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), identity)
})
afterAll(() => test.drop())

it('a member of staff who is added or disabled is published, so that what others remember of them ends', async () => {
  const ctx = contextOf(test, newId())
  const { id } = await addStaff(ctx, { idempotencyKey: key(), subject: 'oidc|1', name: '王', roles: ['ANALYST'] })
  await disableStaff(ctx, { idempotencyKey: key(), staffId: id })
  expect(await published(test, StaffChangedSchema)).toMatchObject([
    { tenantId: ctx.viewer.tenantId, staffId: id, isActive: true },
    { staffId: id, isActive: false },
  ])
})
