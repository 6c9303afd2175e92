/** Keeps the newest state of each order, also of those without a known buyer: they are revenue as well. */
export declare const onOrdersChanged: import('@renmai/platform/inbox').Handler
