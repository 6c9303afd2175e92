import type { Handler } from '@renmai/platform/inbox'
/** What analytics listens to. */
export declare const handlers: Handler[]
