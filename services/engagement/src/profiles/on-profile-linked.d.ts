/** Keeps the mapping of profiles to customers; an event older than what is known changes nothing. */
export declare const onProfileLinked: import('@renmai/platform/inbox').Handler
