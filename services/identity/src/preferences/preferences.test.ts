import { newId } from '@renmai/platform/serve/ids'
import { key, testViewer } from '@renmai/platform/testing/viewers'
import { beforeEach, describe, expect, it } from 'vitest'
import { identitySeed } from '../../test/seed.ts'
import type { Context } from '../context.ts'
import { addStaff } from '../staff/add-staff.ts'
import { readPreferences } from './preference.queries.ts'
import { setPreferences } from './set-preferences.ts'

const seed = identitySeed()
let [me, other]: [Context, Context] = [] as never
beforeEach(async () => {
  ;[me, other] = [await person(), await person()]
})

async function person(): Promise<Context> {
  const { id } = await addStaff(seed.context(), { idempotencyKey: key(), subject: newId(), name: '王', roles: ['ANALYST'] })
  return { ...seed.context(), viewer: { ...testViewer(seed.tenant, []), id } }
}
type Given = { key: string; value?: string | null; expectedVersion?: number }
const set = (ctx: Context, ...preferences: Given[]) => setPreferences(ctx, { idempotencyKey: key(), preferences })
const read = async (ctx: Context, keys?: string[]) => (await readPreferences(ctx, { keys })).map((one) => [one.key, one.value, one.version])

describe('preferences', () => {
  it('are kept by key for one person, changed, and removed without a value', async () => {
    expect(await set(me, { key: 'locale', value: 'zh' }, { key: 'density', value: '{"rows":"compact"}' })).toEqual({ changed: 2 })
    await set(other, { key: 'locale', value: 'en' })
    expect(await set(me, { key: 'locale', value: 'de' }, { key: 'missing' })).toEqual({ changed: 1 })
    expect(await read(me)).toEqual([
      ['density', '{"rows":"compact"}', 1],
      ['locale', 'de', 2],
    ])
    expect(await set(me, { key: 'locale', value: 'de' }), 'the same value is no change').toEqual({ changed: 0 })
    await set(me, { key: 'density', value: null })
    expect(await read(me)).toEqual([['locale', 'de', 2]])
    expect(await read(me, ['density'])).toEqual([])
    expect(await read(other)).toEqual([['locale', 'en', 1]])
  })

  it('of another version than the expected one are all refused, with the place', async () => {
    await set(me, { key: 'a', value: '1' })
    await set(me, { key: 'a', value: '2', expectedVersion: 1 }, { key: 'b', value: '1', expectedVersion: 0 })
    await expect(set(me, { key: 'c', value: '1' }, { key: 'a', value: '3', expectedVersion: 1 })).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { 'preferences.1.expectedVersion': expect.stringContaining('version 2') },
    })
    expect((await read(me)).map(([name]) => name)).toEqual(['a', 'b'])
  })

  it('are at most 100 of a person, also when they come concurrently', async () => {
    const some = (from: number) => Array.from({ length: 60 }, (_, no) => ({ key: `k${from + no}`, value: 'x' }))
    const both = await Promise.allSettled([set(me, ...some(0)), set(me, ...some(60))])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await read(me)).toHaveLength(60)
  })

  it.each([
    ['a key with a space', [{ key: 'a b', value: 'x' }]],
    ['a key twice', [{ key: 'a', value: 'x' }, { key: 'a' }]],
    ['a value that is too long', [{ key: 'a', value: 'x'.repeat(16_385) }]],
    ['nothing', []],
  ])('are refused with %s', async (_what, given) => {
    await expect(set(me, ...given)).rejects.toMatchObject({ code: 'INVALID' })
  })

  it('are no concern of an API client', async () => {
    const client = { ...me, viewer: { ...me.viewer, kind: 'CLIENT' as const } }
    await expect(set(client, { key: 'a', value: 'x' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})
