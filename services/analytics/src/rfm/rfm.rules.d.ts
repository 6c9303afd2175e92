export type RfmInput = {
  customerId: string
  recencyDays: number
  frequency: number
  monetaryMinor: number
}
export type Scored = RfmInput & {
  rfmClass: RfmClassName
  recencyScore: number
  frequencyScore: number
  monetaryScore: number
}
export type Cuts = {
  recencyDays: number
  frequency: number
  monetaryMinor: number
}
export type Method = 'MEAN' | 'MEDIAN' | 'FIXED' | 'QUINTILE'
/** By R, F, M high (1) or low (0): the class, its Chinese name, what to do. */
declare const CLASSES: {
  readonly '111': readonly ['KEY_VALUE', '重要价值客户', 'VIP care, no discounts']
  readonly '101': readonly ['KEY_DEVELOP', '重要发展客户', 'raise frequency']
  readonly '011': readonly ['KEY_RETAIN', '重要保持客户', 'contact, bring back']
  readonly '001': readonly ['KEY_WIN_BACK', '重要挽留客户', 'win back']
  readonly '110': readonly ['GENERAL_VALUE', '一般价值客户', 'raise basket']
  readonly '100': readonly ['GENERAL_DEVELOP', '一般发展客户', 'onboard']
  readonly '010': readonly ['GENERAL_RETAIN', '一般保持客户', 'low-cost contact']
  readonly '000': readonly ['GENERAL_WIN_BACK', '一般挽留客户', 'let go or wake cheaply']
}
export type RfmClassName = (typeof CLASSES)[keyof typeof CLASSES][0]
export declare const CLASS_NAMES: RfmClassName[]
export declare function describeClass(name: string): {
  label: string
  strategy: string
}
/**
 * Classifies customers with at least one counted order.
 * @throws AppError INSUFFICIENT_DATA when there are fewer than 8, or all are equal in a measure, unless lines are given
 */
export declare function classify(customers: RfmInput[], method: Method, cuts: Cuts | undefined): Scored[]
export {}
