import { failures } from '@renmai/platform/serve/errors'

export const couponFailure = failures({
  COUPON_TEMPLATE_NOT_FOUND: ['NOT_FOUND', 'There is no such coupon template'],
  COUPON_TEMPLATE_ARCHIVED: ['CONFLICT', 'The coupon template is archived; restore it first'],
  COUPON_OUT_OF_STOCK: ['CONFLICT', 'No coupon of this template is left'],
  COUPON_LIMIT_REACHED: ['CONFLICT', 'The customer has as many coupons of this template as its limit allows'],
  COUPON_NOT_HELD: ['CONFLICT', 'This coupon is not held for this order'],
  ORDER_BELOW_THRESHOLD: ['CONFLICT', "The order is below the coupon's threshold of {amount} {currency}"],
  COUPON_NOT_FOUND: ['NOT_FOUND', 'There is no such coupon'],
  COUPON_STATE_WRONG: ['CONFLICT', 'This coupon is {state}'],
  COUPON_USED: ['CONFLICT', 'This coupon is used'],
  COUPON_EXPIRED: ['CONFLICT', 'This coupon has expired'],
  COUPON_HELD_FOR_OTHER_ORDER: ['CONFLICT', 'This coupon is held for another order'],
  COUPON_CURRENCY_WRONG: ['INVALID', 'The currency must be {currency}, the one of the coupon template'],
  COUPON_TERMS_FIXED: ['CONFLICT', 'It cannot change, because {issued} coupons are issued'],
  COUPON_STOCK_BELOW_ISSUED: ['CONFLICT', 'The stock must be at least {issued}, the number of coupons that are issued'],
})
