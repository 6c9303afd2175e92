/**
 * Sharing orders among the contacts before them (spec/algorithms 3). Whatever the shares, they add up exactly: to one
 * million millionths per order and to its revenue in minor units, by largest remainder.
 */
export type Touch = { channel: string; at: Date }
export type Conversion = { revenueMinor: number; touches: Touch[] }
export type Credit = { channel: string; conversionsMicro: number; revenueMinor: number }
export type Model = 'LAST_TOUCH' | 'LINEAR'

export const DIRECT = 'DIRECT'
const MICRO = 1_000_000
const COLLAPSE_MS = 30 * 60_000

/** Contacts on one channel within half an hour of each other are one contact. */
export function collapse(touches: Touch[]): Touch[] {
  const kept: Touch[] = []
  for (const touch of touches) {
    const last = kept.at(-1)
    if (last?.channel === touch.channel && touch.at.getTime() - last.at.getTime() <= COLLAPSE_MS) kept[kept.length - 1] = touch
    else kept.push(touch)
  }
  return kept
}

/** @param conversions each with its contacts, first to last; none is a DIRECT order */
export function attribute(conversions: readonly Conversion[], model: Model): Credit[] {
  const credits = new Map<string, Credit>()
  for (const { revenueMinor, touches } of conversions) {
    const path = collapse(touches).map((touch) => touch.channel)
    const credited = path.length === 0 ? [DIRECT] : model === 'LAST_TOUCH' ? [path.at(-1)!] : path
    const micro = shareEqually(MICRO, credited.length)
    const money = shareEqually(revenueMinor, credited.length)
    for (const [index, channel] of credited.entries()) {
      const credit = credits.get(channel) ?? { channel, conversionsMicro: 0, revenueMinor: 0 }
      credit.conversionsMicro += micro[index]!
      credit.revenueMinor += money[index]!
      credits.set(channel, credit)
    }
  }
  return [...credits.values()].sort((a, b) => b.revenueMinor - a.revenueMinor || (a.channel < b.channel ? -1 : 1))
}

/** Equal shares of a whole number. The remainder is shared out one by one, to the first ones. */
function shareEqually(total: number, parts: number): number[] {
  const base = Math.floor(total / parts)
  return Array.from({ length: parts }, (_, index) => base + (index < total - base * parts ? 1 : 0))
}
