/** Keeps the mapping of profiles to customers; both the customer that loses a profile and the one that gets it are looked at again. */
export declare const onProfileLinked: import('@renmai/platform/inbox').Handler
