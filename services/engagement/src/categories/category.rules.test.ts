import { describe, expect, it } from 'vitest'
import type { IncomingCategory } from '../connectors/incoming.ts'
import { readCategories } from '../connectors/youzan/category.rules.ts'
import { applyCategory, bareCategory, distinctKeys, problemOfCategories } from './category.rules.ts'

const key = { platform: 'YOUZAN', shopId: 's', code: '5' } as const
const state = (minute: number, change: Partial<IncomingCategory> = {}): IncomingCategory => ({
  ...key,
  name: '茶',
  parentCode: '1',
  modifiedAt: new Date(Date.UTC(2026, 0, 1, 0, minute)),
  platformVersion: 0,
  ...change,
})

describe('a category', () => {
  it('is what its newest state describes, in whatever order states arrive; what a state leaves out stays', () => {
    const states = [state(1), state(2, { name: '绿茶', parentCode: undefined }), state(3, { name: undefined, parentCode: '2' })]
    const after = (all: IncomingCategory[]) => all.reduce(applyCategory, bareCategory(key, 'id'))
    expect(after(states)).toMatchObject({ name: '绿茶', parentCode: '2', version: 4, modifiedAt: states[2]!.modifiedAt })
    const known = after(states)
    expect(applyCategory(known, states[1]!)).toBe(known)
  })

  it('has a new version when something changed, and not for a repeat at a later time', () => {
    const known = applyCategory(bareCategory(key, 'id'), state(1))
    expect([known.version, applyCategory(known, state(2)).version, applyCategory(known, state(2, { name: 'x' })).version]).toEqual([
      2, 2, 3,
    ])
    expect(applyCategory(known, state(1, { platformVersion: 1, name: 'x' })).name).toBe('x')
  })

  it('is named once, and not by an empty code', () => {
    expect(distinctKeys([{ ...key, code: '9' }, key, { ...key, code: '' }, { ...key }])).toEqual([key, { ...key, code: '9' }])
  })

  it.each([
    ['TEXT_NOT_STORABLE', { code: '' }],
    ['TEXT_NOT_STORABLE', { name: 'a\0' }],
    ['TEXT_NOT_STORABLE', { parentCode: '\ud800' }],
    ['TEXT_TOO_LONG', { code: 'x'.repeat(201) }],
    ['TEXT_TOO_LONG', { name: 'x'.repeat(501) }],
  ])('is refused as %s: %j', (problem, change) => {
    expect(problemOfCategories([state(1, change)])).toBe(problem)
    expect(problemOfCategories([state(1)])).toBeUndefined()
    expect(problemOfCategories(Array.from({ length: 501 }, () => state(1)))).toBe('TOO_MANY_CATEGORIES')
  })
})

it('Youzan states one category, or trees of them; those below name the one above', () => {
  const from = { shopId: 's', modifiedAt: new Date(0), version: 7 }
  const read = (item: Record<string, unknown>) => readCategories(item, from).map(({ code, name, parentCode }) => [code, name, parentCode])
  const tree = {
    cid: 1,
    name: '食品',
    parent_cid: 0,
    sub_categories: [{ cid: 5, name: '茶', sub_categories: [{ cid: 6, parent_cid: 1 }] }],
  }
  expect(read({ categories: [tree, { name: 'no code' }] })).toEqual([
    ['1', '食品', ''],
    ['5', '茶', '1'],
    ['6', undefined, '1'],
  ])
  expect(read({ category: { cid: 5, name: '茶', parent_cid: 1 } })).toEqual([['5', '茶', '1']])
  expect(read({ category: 'none' })).toEqual([])
  let deep: object = { cid: 1 }
  for (let level = 2; level < 20_000; level++) deep = { cid: level, sub_categories: [deep] }
  expect(read({ category: deep })).toHaveLength(19_999)
})
