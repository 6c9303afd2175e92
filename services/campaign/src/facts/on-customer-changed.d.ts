/** Keeps the newest value of each attribute per profile. */
export declare const onCustomerChanged: import('@renmai/platform/inbox').Handler
