import type { Handler } from '@renmai/platform/events/inbox'
import { itemwise } from '@renmai/platform/events/itemwise'
import { OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { keepMerges } from './profiles/keep-merges.ts'
import { mapProfiles } from './profiles/map-profiles.ts'
import { keepFacts } from './warehouse/keep-facts.ts'
import { keepOrders } from './warehouse/keep-orders.ts'

/** Event handlers of analytics. */
export const handlers: Handler[] = [mapProfiles, ...keepMerges, itemwise(OrdersChangedSchema, 'orders', keepOrders), ...keepFacts]
