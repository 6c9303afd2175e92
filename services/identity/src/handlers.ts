import type { Handler } from '@renmai/platform/events/inbox'

/** Event handlers of identity. There are none yet: it only answers requests. */
export const handlers: Handler[] = []
