import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attribute, type Conversion } from './attribution.rules.ts'

const day = (no: number) => new Date(Date.UTC(2026, 0, no))
const path = (revenueMinor: number, ...channels: string[]): Conversion => ({
  revenueMinor,
  touches: channels.map((channel, no) => ({ channel, at: day(no + 1) })),
})
const credit = (conversions: Conversion[], model: 'LAST_TOUCH' | 'LINEAR') =>
  Object.fromEntries(attribute(conversions, model).map((one) => [one.channel, [one.conversionsMicro, one.revenueMinor]]))

describe('attribution', () => {
  it('gives all credit to the last contact, or equal shares to each', () => {
    const orders = [path(100, 'wecom', 'douyin', 'sms'), path(50, 'wecom'), path(10)]
    expect(credit(orders, 'LAST_TOUCH')).toEqual({ sms: [1_000_000, 100], wecom: [1_000_000, 50], DIRECT: [1_000_000, 10] })
    expect(credit(orders, 'LINEAR')).toEqual({ wecom: [1_333_334, 84], douyin: [333_333, 33], sms: [333_333, 33], DIRECT: [1_000_000, 10] })
  })

  it('counts contacts on one channel within half an hour as one', () => {
    const near = {
      revenueMinor: 90,
      touches: [
        { channel: 'a', at: new Date(0) },
        { channel: 'a', at: new Date(20 * 60_000) },
        { channel: 'b', at: new Date(25 * 60_000) },
      ],
    }
    expect(credit([near], 'LINEAR')).toEqual({ a: [500_000, 45], b: [500_000, 45] })
  })

  it('is the same for every model where there is one channel', () =>
    expect(credit([path(7, 'a', 'a', 'a')], 'LINEAR')).toEqual(credit([path(7, 'a')], 'LAST_TOUCH')))

  it('adds up exactly, always', () => {
    const touches = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(10_000_000)), { maxLength: 12 })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(1_000_000), touches), { maxLength: 30 }),
        fc.constantFrom('LAST_TOUCH' as const, 'LINEAR' as const),
        (orders, model) => {
          const conversions = orders.map(([revenueMinor, list]) => ({
            revenueMinor,
            touches: list.map(([channel, ms]) => ({ channel, at: new Date(ms) })).sort((x, y) => x.at.getTime() - y.at.getTime()),
          }))
          const credits = attribute(conversions, model)
          expect(credits.reduce((sum, one) => sum + one.revenueMinor, 0)).toBe(orders.reduce((sum, [revenue]) => sum + revenue, 0))
          expect(credits.reduce((sum, one) => sum + one.conversionsMicro, 0)).toBe(orders.length * 1_000_000)
        },
      ),
    )
  })
})
