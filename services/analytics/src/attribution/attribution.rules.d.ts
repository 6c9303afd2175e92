/**
 * Sharing orders among the contacts before them (spec/algorithms 3). Whatever the shares, they add up exactly: to one
 * million millionths per order and to its revenue in minor units, by largest remainder.
 */
export type Touch = {
  channel: string
  at: Date
}
export type Conversion = {
  revenueMinor: number
  touches: Touch[]
}
export type Credit = {
  channel: string
  conversionsMicro: number
  revenueMinor: number
}
export type Model = 'LAST_TOUCH' | 'LINEAR'
export declare const DIRECT = 'DIRECT'
/** Contacts on one channel within half an hour of each other are one contact. */
export declare function collapse(touches: Touch[]): Touch[]
/** @param conversions each with its contacts, first to last; none is a DIRECT order */
export declare function attribute(conversions: Conversion[], model: Model): Credit[]
