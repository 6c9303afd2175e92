/** Seals actions of all services into the tenant's chain. One writer per tenant at a time, so that there is no fork. */
export declare const onActionRecorded: import('@renmai/platform/inbox').Handler
