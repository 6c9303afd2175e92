/**
 * SQL for whether a row of `events` is KNOWN to the platform, rather than REPORTED by a source of the tenant, which may use any
 * type. Rows without a kind were stored before the column existed: their type decides.
 */
export const IS_KNOWN = "coalesce(kind = 'KNOWN', type IN ('message_sent', 'message_blocked', 'coupon_redeemed'))"

/** SQL for whether a row of `events` is known to be of this type. */
export const isKnown = (type: string): string => `(type = '${type}' AND ${IS_KNOWN})`
