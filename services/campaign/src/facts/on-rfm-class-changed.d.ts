/** Keeps each customer's class of the latest run; UNSPECIFIED means that they have none any more. */
export declare const onRfmClassChanged: import('@renmai/platform/inbox').Handler
