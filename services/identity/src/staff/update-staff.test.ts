import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { StaffChangedSchema } from '@renmai/proto/identity/v1/events'
import { describe, expect, it } from 'vitest'
import { identitySeed } from '../../test/seed.ts'
import type { StaffRole } from '../gen/resolvers.ts'
import { addStaff } from './add-staff.ts'
import { disableStaff, enableStaff } from './disable-staff.ts'
import { listStaff } from './list-staff.ts'
import { updateStaff } from './update-staff.ts'

const seed = identitySeed()

const add = async (name: string, ...roles: StaffRole[]) =>
  (await addStaff(seed.context(), { idempotencyKey: key(), subject: newId(), name, roles })).id
/** The context of a member of staff. */
const as = (id: string) => {
  const context = seed.context()
  return Object.assign(context, { viewer: Object.assign(context.viewer, { id }) })
}
const update = (staffId: string, change: object, viewerId = newId()) =>
  updateStaff(as(viewerId), { idempotencyKey: key(), staffId, ...change })
const disable = (staffId: string) => disableStaff(seed.context(), { idempotencyKey: key(), staffId })
const read = (id: string) => seed.context().load.staff.load(id)

describe('a member of staff', () => {
  it('gets another name and other roles from a caller that has read the version, and this is published', async () => {
    const id = await add('王', 'ANALYST')
    await update(id, { name: '王芳', roles: ['AGENT', 'MARKETER'], expectedVersion: 1 })
    expect(await read(id)).toMatchObject({ name: '王芳', roles: ['AGENT', 'MARKETER'], version: 2 })
    expect((await published(seed.test, StaffChangedSchema)).filter(({ staffId }) => staffId === id)).toHaveLength(2)
    await expect(update(id, { name: 'x', expectedVersion: 1 })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(update(id, {})).rejects.toMatchObject({ code: 'INVALID' })
    await expect(update(newId(), { name: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND', fields: { staffId: expect.any(String) } })
  })

  it('changes the own name, not the own roles', async () => {
    const id = await add('王', 'ANALYST')
    await update(id, { name: '王芳', roles: ['ANALYST'] }, id)
    await expect(update(id, { roles: ['OWNER'] }, id)).rejects.toMatchObject({ code: 'CONFLICT', fields: { roles: expect.any(String) } })
    expect(await read(id)).toMatchObject({ name: '王芳', roles: ['ANALYST'] })
  })

  it('is enabled again after being disabled, with the same roles', async () => {
    const id = await add('王', 'ANALYST')
    await disable(id)
    expect(await read(id)).toMatchObject({ disabledAt: expect.any(Date) })
    await enableStaff(seed.context(), { idempotencyKey: key(), staffId: id })
    expect(await read(id)).toMatchObject({ disabledAt: null, roles: ['ANALYST'] })
    const events = (await published(seed.test, StaffChangedSchema)).filter(({ staffId }) => staffId === id)
    expect(events.map(({ isActive }) => isActive)).toEqual([true, false, true])
  })
})

describe('the last active owner', () => {
  it('stays an owner and active', async () => {
    const [ann, bob] = [await add('安', 'OWNER'), await add('波', 'OWNER')]
    await disable(bob)
    const last = { code: 'CONFLICT', message: expect.stringContaining('last active owner') }
    await expect(disable(ann)).rejects.toMatchObject(last)
    await expect(update(ann, { roles: ['AGENT'] })).rejects.toMatchObject(last)
    await update(ann, { name: '安安' })
    await enableStaff(seed.context(), { idempotencyKey: key(), staffId: bob })
    await update(ann, { roles: ['AGENT'] })
  })

  it('remains when two owners remove each other concurrently', async () => {
    const ids = [await add('安', 'OWNER'), await add('波', 'OWNER')]
    const outcomes = await Promise.allSettled(ids.map(disable))
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })
})

it('the list of staff is filtered by state, role and name, and ordered by name', async () => {
  const ids = { Zoe: await add('Zoe', 'AGENT', 'OWNER'), Ann: await add('Ann', 'AGENT'), Bob: await add('Bob', 'ANALYST') }
  await disable(ids.Ann)
  const names = async (args: Parameters<typeof listStaff>[1]) => (await listStaff(seed.context(), args)).nodes.map(({ name }) => name)
  expect(await names({})).toEqual(['Zoe', 'Ann', 'Bob'])
  expect(await names({ orderBy: { field: 'NAME' } })).toEqual(['Ann', 'Bob', 'Zoe'])
  expect(await names({ filter: { state: 'ACTIVE' } })).toEqual(['Zoe', 'Bob'])
  expect(await names({ filter: { state: 'DISABLED', role: 'AGENT' } })).toEqual(['Ann'])
  expect(await names({ filter: { role: 'OWNER' } })).toEqual(['Zoe'])
  expect(await names({ filter: { nameContains: 'O' } })).toEqual(['Zoe', 'Bob'])
})
