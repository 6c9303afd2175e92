/**
 * Where a row came from that was stored before the column existed: a row of the platform's own message refers to itself, which
 * a reported event cannot do, because it gets its id on arrival; and no source of a tenant has the channel COUPON.
 */
const OWN_ROW = `CASE WHEN type IN ('message_sent', 'message_blocked') THEN coalesce(reference_id = id, false)
  ELSE type = 'coupon_redeemed' AND channel = 'COUPON' END`

/**
 * SQL for whether a row of `events` is KNOWN to the platform, rather than REPORTED by a source of the tenant, which may use any
 * type.
 */
export const IS_KNOWN = `coalesce(kind = 'KNOWN', ${OWN_ROW})`

/** SQL for whether a row of `events` is known to be of this type. */
export const isKnown = (type: string): string => `(type = '${type}' AND ${IS_KNOWN})`
