import { allocate } from '@renmai/platform/facts/allocate.rules'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkLock, checkSymbol, codeOf, discountOf, normaliseCode, type OrderRef } from './coupon.rules.ts'
import type { Coupon } from './coupon.table.ts'

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

  it('never takes off more than the order, and the shares of its lines add up', () => {
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

  it('has a code that detects any one mistyped character', () => {
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
    const [a, b] = ['a', 'b'].map((orderKey) => ({ orderId: null, orderKey })) as [OrderRef, OrderRef]
    checkLock(coupon, a, now)
    const locked = { ...coupon, state: 'LOCKED', orderKey: 'a', lockedUntil: new Date('2026-01-02') } as Coupon
    checkLock(locked, a, now)
    checkLock({ ...locked, lockedUntil: new Date('2025-12-31') }, b, now)
    for (const bad of [locked, { ...coupon, state: 'USED' }, { ...coupon, expiresAt: now }] as Coupon[])
      expect(() => checkLock(bad, b, now)).toThrow()
  })
})
