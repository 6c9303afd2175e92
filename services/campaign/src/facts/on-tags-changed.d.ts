export declare const onTagAdded: import('@renmai/platform/inbox').Handler
export declare const onTagRemoved: import('@renmai/platform/inbox').Handler
