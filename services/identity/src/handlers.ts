import type { Handler } from '@renmai/platform/events/inbox'

/** What identity listens to: nothing yet; it is asked. */
export const handlers: Handler[] = []
