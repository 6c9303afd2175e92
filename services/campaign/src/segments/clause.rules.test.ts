import { describe, expect, it } from 'vitest'
import { definitionSchema } from './clause.rules.ts'
import { compileClause, describeClause, usesClock } from './compile-clause.rules.ts'

describe('a segment condition', () => {
  const parse = (clause: unknown) => definitionSchema.safeParse(clause)

  it.each([
    {},
    { all: [] },
    { any: [] },
    { all: [{ tagId: 'x' }] },
    { tagId: '0199f000-0000-7000-8000-000000000001', rfmClasses: ['KEY_VALUE'] },
    { unknown: 1 },
    { rfmClasses: ['VIP'] },
    null,
    'all',
    { __proto__: 1, constructor: {} },
    { attribute: { key: 'city', operator: 'EQ', values: [] } },
    { attribute: { key: 'age', operator: 'GTE', values: ['old'] } },
    { attribute: { key: "city'; DROP TABLE x", operator: 'EXISTS' } },
    { orders: { minCount: 0 } },
    { orderDate: { which: 'FIRST' } },
    { orderDate: { which: 'FIRST', from: '2026-02-30' } },
    { orderDate: { which: 'ANY', atMostAgo: 'P1D' } },
    { orderDate: { which: 'LAST', atMostAgo: '-P1D' } },
    { orderDate: { which: 'LAST', atLeastAgo: 'PT1H' } },
    { orders: { within: 'P3651D' } },
    { orders: { minNet: { amount: '-1', currency: 'CNY' } } },
    { orders: { minNet: { amount: '1.5', currency: 'JPY' } } },
    Array.from({ length: 40 }).reduce<object>((inner) => ({ not: inner }), { tagId: '0199f000-0000-7000-8000-000000000001' }),
  ])('%j is refused', (clause) => expect(parse(clause).success).toBe(false))

  it.each([
    [{ from: '2026-03-02', to: '2026-03-01' }, 'to'],
    [{ from: '2026-03-01', to: '2026-03-01' }, undefined],
    [{ from: '2026-03-02' }, undefined],
    [{ to: '2026-03-01' }, undefined],
    [{ atLeastAgo: 'P9D', atMostAgo: 'P8D' }, 'atMostAgo'],
    [{ atLeastAgo: 'P10D', atMostAgo: 'P9D' }, 'atMostAgo'],
    [{ atLeastAgo: 'P8D', atMostAgo: 'P8D' }, undefined],
    [{ atLeastAgo: 'P1W', atMostAgo: 'P8D' }, undefined],
  ])('with the limits %j never holds silently: the wrong end is %s', (limits, wrong) => {
    const { error } = parse({ all: [{ orderDate: { which: 'LAST', ...limits } }] })
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual(wrong && [`all.0.orderDate.${wrong}`])
  })

  it('becomes SQL with every value as a parameter', () => {
    const evil = "x'; DROP TABLE segments; --"
    const { data } = parse({
      all: [
        { attribute: { key: 'city', operator: 'IN', values: [evil] } },
        { not: { orders: { within: 'P30D', minCount: 2, minNet: { amount: '1', currency: 'CNY' } } } },
      ],
    })
    const { sql, params } = compileClause(data!)
    expect(sql).not.toContain('DROP')
    expect(params).toEqual(['city', [evil], 30, 2, 'CNY', 100])
    expect(sql.match(/\$\d+/g)).toEqual(expect.arrayContaining(['$4', '$5', '$6', '$7', '$8']))
    expect(usesClock(data!)).toBe(true)
    expect(describeClause(data!)).toContain('not (2 or more paid orders')
  })
})
