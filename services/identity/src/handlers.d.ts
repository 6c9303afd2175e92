import type { Handler } from '@renmai/platform/inbox'
/** What identity listens to: nothing yet; it is asked. */
export declare const handlers: Handler[]
