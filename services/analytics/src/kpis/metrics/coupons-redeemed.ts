import { isKnown } from '../../warehouse/kind.rules.ts'
import { EVENTS, metric } from './metric.ts'

export const couponsRedeemed = metric({
  name: 'couponsRedeemed',
  unit: 'COUNT',
  from: EVENTS,
  value: `count(*) FILTER (WHERE ${isKnown('coupon_redeemed')})`,
})
