import { newId } from '@renmai/platform/serve/ids'
import { key, testViewer } from '@renmai/platform/testing/viewers'
import { beforeEach, describe, expect, it } from 'vitest'
import { identitySeed } from '../../test/seed.ts'
import type { Context } from '../context.ts'
import { createLoaders } from '../loaders.ts'
import { addStaff } from '../staff/add-staff.ts'
import { createSavedView } from './create-saved-view.ts'
import { deleteSavedView } from './delete-saved-view.ts'
import { readSavedViews } from './saved-view.queries.ts'
import { filterOf } from './saved-view.ts'
import { updateSavedView } from './update-saved-view.ts'

const seed = identitySeed()
let [me, other]: [Context, Context] = [] as never
beforeEach(async () => {
  ;[me, other] = [await person(), await person()]
})

async function person(): Promise<Context> {
  const { id } = await addStaff(seed.context(), { idempotencyKey: key(), subject: newId(), name: '王', roles: ['ANALYST'] })
  return as({ ...seed.context(), viewer: { ...testViewer(seed.tenant, []), id } })
}
const as = (ctx: Context): Context => ({ ...ctx, load: createLoaders(ctx) })
type Given = Partial<Parameters<typeof createSavedView>[1]>
const create = (ctx: Context, name: string, more: Given = {}) =>
  createSavedView(ctx, { idempotencyKey: key(), name, kind: 'CUSTOMERS', ...more })
type Change = Omit<Parameters<typeof updateSavedView>[1], 'idempotencyKey' | 'savedViewId'>
const update = (ctx: Context, savedViewId: string, change: Change) =>
  updateSavedView(ctx, { idempotencyKey: key(), savedViewId, ...change })
const read = (ctx: Context, savedViewId: string) => as(ctx).load.savedView.load(savedViewId)
async function names(ctx: Context, args: Parameters<typeof readSavedViews>[1] = {}): Promise<string[]> {
  const { nodes } = await readSavedViews(ctx, args)
  return nodes.map(({ name }) => name)
}

describe('a saved view', () => {
  it('is read as it was saved, with its filter sealed at rest', async () => {
    const filter = '{"nameContains":"王"}'
    const orderBy = { field: 'CREATED_AT', direction: 'DESC' } as const
    const { id } = await create(me, ' VIP ', { filter, orderBy, columns: ['displayName', 'rfm'] })
    const view = await read(me, id)
    expect(view).toMatchObject({
      name: 'VIP',
      orderField: 'CREATED_AT',
      orderDirection: 'DESC',
      columns: ['displayName', 'rfm'],
      version: 1,
    })
    expect(filterOf(me, view!)).toBe(filter)
    expect(view!.filter!.toString()).not.toContain('nameContains')
  })

  it('changes in the given fields only; null clears its filter and its order', async () => {
    const { id } = await create(me, 'A', { filter: '{}', orderBy: { field: 'NAME', direction: 'ASC' }, columns: ['a'] })
    await update(me, id, { name: 'B', isShared: true, expectedVersion: 1 })
    expect(await read(me, id)).toMatchObject({ name: 'B', isShared: true, columns: ['a'], orderField: 'NAME', version: 2 })
    await update(me, id, { filter: null, orderBy: null })
    expect(await read(me, id)).toMatchObject({ filter: null, orderField: null, orderDirection: null, isShared: true, version: 3 })
    await expect(update(me, id, { name: 'C', expectedVersion: 2 })).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { expectedVersion: expect.stringContaining('version 3') },
    })
    await expect(update(me, id, {})).rejects.toMatchObject({ code: 'INVALID' })
  })

  it('is seen by others when it is shared, and changed by its owner only', async () => {
    const [own, shared] = [await create(me, 'own'), await create(me, 'shared', { isShared: true })]
    expect([await read(other, own.id), (await read(other, shared.id))?.name]).toEqual([undefined, 'shared'])
    await expect(update(other, own.id, { name: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      fields: { savedViewId: expect.any(String) },
    })
    await expect(update(other, shared.id, { name: 'x' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const remove = (ctx: Context) => deleteSavedView(ctx, { idempotencyKey: key(), savedViewId: shared.id, expectedVersion: 1 })
    await expect(remove(other)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(remove(seed.context(newId()))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await remove(me)).toEqual({ id: shared.id })
    expect(await names(me)).toEqual(['own'])
  })

  it('has a name that its owner uses once for a kind', async () => {
    await create(me, 'A')
    await create(me, 'A', { kind: 'ORDERS' })
    await create(other, 'A')
    await expect(create(me, 'A')).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it.each([
    ['a filter that is no JSON', { filter: 'name = 1' }],
    ['a filter that is a list', { filter: '[]' }],
    ['a filter that is too long', { filter: `{"a":"${'x'.repeat(16_384)}"}` }],
    ['an empty name', { name: ' ' }],
    ['an unknown kind', { kind: 'GHOSTS' as never }],
    ['101 columns', { columns: Array.from({ length: 101 }, () => 'a') }],
  ])('is refused with %s', async (_what, more) => {
    await expect(create(me, 'A', more)).rejects.toMatchObject({ code: 'INVALID' })
  })

  it('is one of at most 200 of a person', async () => {
    await seed.test.owner.query(
      `INSERT INTO saved_views (tenant_id, id, staff_id, kind, name, updated_at)
       SELECT $1, gen_random_uuid(), $2, 'ORDERS', 'n' || no, now() FROM generate_series(1, 200) no`,
      [seed.tenant, me.viewer.id],
    )
    await expect(create(me, 'A')).rejects.toMatchObject({ code: 'CONFLICT' })
    await create(other, 'A')
  })
})

describe('the list of saved views', () => {
  it('has the own ones and those that others share, by kind, owner and order', async () => {
    await create(me, 'b')
    await create(me, 'a', { kind: 'ORDERS' })
    await create(other, 'c', { isShared: true })
    await create(other, 'hidden')
    expect(await names(me)).toEqual(['b', 'a', 'c'])
    expect(await names(me, { orderBy: { field: 'NAME' } })).toEqual(['a', 'b', 'c'])
    expect(await names(me, { filter: { kind: 'ORDERS' } })).toEqual(['a'])
    expect(await names(me, { filter: { isMine: true } })).toEqual(['b', 'a'])
    expect(await names(me, { filter: { isMine: false } })).toEqual(['c'])
  })
})
