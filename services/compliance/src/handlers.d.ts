import type { Handler } from '@renmai/platform/inbox'
/** What compliance listens to. */
export declare const handlers: Handler[]
