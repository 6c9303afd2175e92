import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { StaffChangedSchema } from '@renmai/proto/identity/v1/events'
import { expect, it } from 'vitest'
import { identitySeed } from '../../test/seed.ts'
import { addStaff } from './add-staff.ts'
import { disableStaff } from './disable-staff.ts'

const seed = identitySeed()

it('adding or disabling a member of staff is published, so that services drop what they have cached', async () => {
  const { id } = await addStaff(seed.context(), { idempotencyKey: key(), subject: 'oidc|1', name: '王', roles: ['ANALYST'] })
  await disableStaff(seed.context(), { idempotencyKey: key(), staffId: id })
  expect(await published(seed.test, StaffChangedSchema)).toMatchObject([
    { tenantId: seed.tenant, staffId: id, isActive: true },
    { staffId: id, isActive: false },
  ])
})
