/** Keeps the newest state of each order that has a buyer. */
export declare const onOrdersChanged: import('@renmai/platform/inbox').Handler
