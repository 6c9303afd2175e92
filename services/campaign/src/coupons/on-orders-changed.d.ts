/**
 * Uses the coupons that a paid order names, and gives them back when all of its money went back. A code that cannot be
 * used does not stop the others: the shop has granted the discount already.
 */
export declare const onOrdersChanged: import('@renmai/platform/inbox').Handler
