import { newId } from '@renmai/platform/serve/ids'
import { key, testViewer } from '@renmai/platform/testing/viewers'
import { beforeEach, describe, expect, it } from 'vitest'
import { identitySeed } from '../../test/seed.ts'
import { createApiClient } from '../api-clients/create-api-client.ts'
import type { Context } from '../context.ts'
import { createLoaders } from '../loaders.ts'
import { addStaff } from '../staff/add-staff.ts'
import { disableStaff } from '../staff/disable-staff.ts'
import { createTenant } from '../tenants/create-tenant.ts'
import { readOtherTenants } from './read-other-tenants.ts'
import { readViewer } from './read-viewer.ts'

const seed = identitySeed()
let subject = ''
beforeEach(() => {
  subject = `oidc|${newId()}`
})

/** Creates a tenant in which the person is the owner. */
const tenant = (name: string, owner = subject, tenantId = newId()) =>
  createTenant(seed.test.db, { tenantId, name, zone: 'Asia/Shanghai', currency: 'CNY', ownerSubject: owner })

function as(id: string, kind: 'STAFF' | 'CLIENT' = 'STAFF', scopes = ['orders:read', 'customers:read']): Context {
  const viewer = { ...testViewer(seed.tenant, scopes), id, kind }
  const base = { ...seed.context(), viewer }
  return { ...base, load: createLoaders(base) }
}
const add = (roles: ['ANALYST'] = ['ANALYST']) => addStaff(seed.context(), { idempotencyKey: key(), subject, name: '王', roles })

describe('the viewer', () => {
  it('is a member of staff with name, tenant, the scopes of the request and its policy', async () => {
    await tenant('Own', 'somebody', seed.tenant)
    const { id } = await add()
    expect(await readViewer(as(id))).toMatchObject({
      id,
      kind: 'STAFF',
      name: '王',
      staffId: id,
      clientId: null,
      tenant: { tenantId: seed.tenant, name: 'Own' },
      scopes: ['customers:read', 'orders:read'],
      policies: ['staff'],
    })
  })

  it('is an API client with its name, which has no other tenants', async () => {
    await tenant('Own', 'somebody', seed.tenant)
    const { id } = await createApiClient(seed.context(), { idempotencyKey: key(), name: 'agency', scopes: ['orders:read'] })
    const viewer = await readViewer(as(id, 'CLIENT', ['orders:read']))
    expect(viewer).toMatchObject({ kind: 'CLIENT', name: 'agency', staffId: null, clientId: id, subject: null, policies: ['client'] })
  })

  it('is null when it is of another tenant', async () => {
    await tenant('Own', 'somebody', seed.tenant)
    expect(await readViewer(as(newId()))).toBeNull()
  })
})

describe('other tenants of a person', () => {
  it('are those in which the same subject is active, by name, and no tenant of anybody else', async () => {
    await tenant('Own', subject, seed.tenant)
    const [b, a] = [await tenant('B'), await tenant('A')]
    await tenant('Strangers', `${subject}x`)
    const found = await readOtherTenants(seed.context(), subject)
    expect(found.map(({ tenantId, name }) => [tenantId, name])).toEqual([
      [a, 'A'],
      [b, 'B'],
    ])
  })

  it('end where the person is disabled', async () => {
    const elsewhere = await tenant('Elsewhere', 'its owner')
    const ctx = seed.context(elsewhere)
    const { id } = await addStaff(ctx, { idempotencyKey: key(), subject, name: '王', roles: ['AGENT'] })
    expect(await readOtherTenants(seed.context(), subject)).toHaveLength(1)
    await disableStaff(ctx, { idempotencyKey: key(), staffId: id })
    expect(await readOtherTenants(seed.context(), subject)).toEqual([])
  })
})
