import type { Handler } from '@renmai/platform/events/inbox'
import { mapProfiles } from './profiles/map-profiles.ts'
import { keepFacts } from './warehouse/keep-facts.ts'
import { keepOrders } from './warehouse/keep-orders.ts'

/** Event handlers of analytics. */
export const handlers: Handler[] = [mapProfiles, keepOrders, ...keepFacts]
