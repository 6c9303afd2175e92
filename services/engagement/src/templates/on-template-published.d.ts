/** Keeps every published version: a message renders with the version it was asked for. */
export declare const onTemplatePublished: import('@renmai/platform/inbox').Handler
