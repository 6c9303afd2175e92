import { Templates } from '@renmai/platform/render/templates'
import { newId } from '@renmai/platform/serve/ids'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocate, checkLock, checkSymbol, codeOf, discountOf, normaliseCode } from '../src/coupons/coupon.rules.ts'
import type { Coupon } from '../src/coupons/coupon.table.ts'
import { checkNodes, nodesSchema } from '../src/journeys/journey.rules.ts'
import { definitionSchema } from '../src/segments/clause.rules.ts'
import { compileClause, describeClause, usesClock } from '../src/segments/compile-clause.rules.ts'
import { checkSource, fillVariables } from '../src/templates/template.rules.ts'

describe('a coupon', () => {
  const amount = { kind: 'AMOUNT_OFF' as const, thresholdMinor: 20_000, amountMinor: 5_000, percent: null, maxDiscountMinor: null }
  const percent = { kind: 'PERCENT_OFF' as const, thresholdMinor: 0, amountMinor: null, percent: 15, maxDiscountMinor: 3_000 }

  it.each([
    [amount, 19_999, 0],
    [amount, 20_000, 5_000],
    [{ ...amount, thresholdMinor: 0 }, 3_000, 3_000],
    [percent, 10_000, 1_500],
    [percent, 100_000, 3_000],
    [percent, 3, 0],
    [percent, 10, 2],
    [percent, 0, 0],
  ])('%o takes off an order of %i: %i', (terms, eligible, off) => expect(discountOf(terms, eligible)).toBe(off))

  it('never takes off more than the order, and its shares of the lines add up', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000), { minLength: 1, maxLength: 20 }), fc.nat(100_000), (lines, wish) => {
        const total = lines.reduce((sum, one) => sum + one, 0)
        const off = discountOf({ ...amount, thresholdMinor: 0, amountMinor: wish + 1 }, total)
        expect(off).toBeLessThanOrEqual(total)
        const shares = allocate(off, lines)
        expect(shares.reduce((sum, one) => sum + one, 0)).toBe(off)
        expect(shares.every((share, index) => share >= 0 && share <= lines[index]!)).toBe(true)
      }),
    )
  })

  it('has a code that finds any one mistyped character', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(15), (bytes, at) => {
        const code = codeOf(bytes)
        expect(normaliseCode(code.toLowerCase())).toBe(code)
        const other = code[at] === '7' ? '8' : '7'
        expect(normaliseCode(code.slice(0, at) + other + code.slice(at + 1))).toBeUndefined()
      }),
    )
    const read = normaliseCode(`oOlI-${'A'.repeat(12)}${checkSymbol(`0011${'A'.repeat(12)}`)}`)
    expect(read?.slice(0, 4)).toBe('0011')
  })

  it('is held for one order at a time, and not when used or too late', () => {
    const now = new Date('2026-01-01')
    const coupon = { state: 'ISSUED', expiresAt: new Date('2026-02-01'), lockedUntil: null, orderKey: null } as Coupon
    checkLock(coupon, 'a', now)
    const locked = { ...coupon, state: 'LOCKED', orderKey: 'a', lockedUntil: new Date('2026-01-02') } as Coupon
    checkLock(locked, 'a', now)
    checkLock({ ...locked, lockedUntil: new Date('2025-12-31') }, 'b', now)
    for (const bad of [locked, { ...coupon, state: 'USED' }, { ...coupon, expiresAt: now }] as Coupon[])
      expect(() => checkLock(bad, 'b', now)).toThrow()
  })
})

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
    { orderDate: { which: 'ANY', maxDaysAgo: 1 } },
    { orderDate: { which: 'LAST', maxDaysAgo: -1 } },
    Array.from({ length: 40 }).reduce<object>((inner) => ({ not: inner }), { tagId: '0199f000-0000-7000-8000-000000000001' }),
  ])('%j is refused', (clause) => expect(parse(clause).success).toBe(false))

  it('becomes SQL with every value as a parameter', () => {
    const evil = "x'; DROP TABLE segments; --"
    const { data } = parse({
      all: [
        { attribute: { key: 'city', operator: 'IN', values: [evil] } },
        { not: { orders: { withinDays: 30, minCount: 2, minNetMinor: '100' } } },
      ],
    })
    const { sql, params } = compileClause(data!)
    expect(sql).not.toContain('DROP')
    expect(params).toEqual(['city', [evil], 30, 100, 2])
    expect(sql.match(/\$\d+/g)).toEqual(expect.arrayContaining(['$4', '$5', '$6', '$7', '$8']))
    expect(usesClock(data!)).toBe(true)
    expect(describeClause(data!)).toContain('not (2 or more paid orders')
  })
})

describe('a journey', () => {
  const check = (nodes: object[]) => checkNodes(nodesSchema.parse(nodes))
  const id = '0199f000-0000-7000-8000-000000000001'
  const send = { id: 'send', templateId: id, purpose: 'p', next: 'end' }
  const end = { exit: { id: 'end' } }

  it('that leads everywhere and ends is accepted', () => check([{ wait: { id: 'w', waitSeconds: 1, next: 'send' } }, { send }, end]))

  it.each([
    ['leads to a step that is not there', [{ send: { ...send, next: 'gone' } }]],
    ['has a step that nothing leads to', [{ send }, end, { exit: { id: 'lost' } }]],
    ['goes round', [{ wait: { id: 'a', waitSeconds: 1, next: 'b' } }, { wait: { id: 'b', waitSeconds: 1, next: 'a' } }]],
    ['has no exit', [{ wait: { id: 'a', waitSeconds: 1 } }]],
    ['names a step twice', [{ send }, end, end]],
    ['sends nothing', [{ send: { id: 'a', next: 'end' } }, end]],
    ['sends without a purpose', [{ send: { ...send, purpose: null } }, end]],
    ['splits without a condition', [{ split: { id: 'a', next: 'end', otherwise: 'end' } }, end]],
    ['waits for nothing', [{ wait: { id: 'a', next: 'end' } }, end]],
    ['waits until no time of day', [{ waitUntil: { id: 'a', timeOfDay: '24:00', next: 'end' } }, end]],
    ['waits until a time in no zone', [{ waitUntil: { id: 'a', timeOfDay: '09:00', zone: 'Mars/Base', next: 'end' } }, end]],
    ['has a step of two kinds', [{ ...end, wait: { id: 'a', waitSeconds: 1, next: 'end' } }]],
    ['has a step of no kind', [{}, end]],
  ])('that %s is refused', (_why, nodes) => expect(() => check(nodes)).toThrow())
})

describe('a template', () => {
  const variables = [{ name: 'coupon', type: 'COUPON' as const, defaultValue: null }]

  it('uses what it declares and nothing else', async () => {
    const check = async (text: string) => checkSource('body', (await new Templates().readSources(newId(), [text]))[0]!, variables)
    await check('Hi {{ customer.name }} {{ coupon }}')
    await expect(check('{{ phone }}')).rejects.toThrow(/^body uses phone without declaring it$/)
    await expect(check('Hi\n{% if %}')).rejects.toThrow(/^body is not Liquid in line 2$/)
    await expect(check("{% include 'nope' %}")).rejects.toThrow(/^body uses the tag include, which templates do not have$/)
  })

  it('is not sent with a value missing or of the wrong kind', () => {
    expect(fillVariables(variables, { coupon: 'A' })).toEqual({ values: { coupon: 'A' } })
    expect(fillVariables(variables, {})).toEqual({ missing: 'coupon' })
    expect(fillVariables([{ name: 'n', type: 'NUMBER', defaultValue: '1' }], { n: 'many' })).toEqual({ missing: 'n' })
    expect(fillVariables([{ name: 'n', type: 'NUMBER', defaultValue: '1' }], {})).toEqual({ values: { n: '1' } })
  })
})
