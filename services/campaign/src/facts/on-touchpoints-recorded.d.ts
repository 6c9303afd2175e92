/** Counts behaviour per profile, type and day in the tenant's zone. */
export declare const onTouchpointsRecorded: import('@renmai/platform/inbox').Handler
