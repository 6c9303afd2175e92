/** Plans each message once; its id is decided by who asked, so that the same wish heard twice is one message. */
export declare const onMessageRequested: import('@renmai/platform/inbox').Handler
