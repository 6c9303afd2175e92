import type { Handler } from '@renmai/platform/inbox'
/** What campaign listens to. */
export declare const handlers: Handler[]
