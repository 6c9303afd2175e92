import type { Handler } from '@renmai/platform/inbox'
/** What engagement listens to. */
export declare const handlers: Handler[]
