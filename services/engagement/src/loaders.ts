import { follower } from '@renmai/platform/db/moved-ids'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import { quarantineLoaders } from '@renmai/platform/quarantine/list-quarantined'
import { categoryLoaders } from './categories/category.loaders.ts'
import { channelLoaders } from './channels/channel.loaders.ts'
import { contactLoaders } from './contacts/contact.loaders.ts'
import { importLoaders } from './imports/import.loaders.ts'
import type { Listing } from './listing.ts'
import { liveCodeLoaders } from './live-codes/live-code.loaders.ts'
import { messageLoaders } from './messages/message.loaders.ts'
import { orderLoaders } from './orders/order.loaders.ts'
import { productLoaders } from './products/product.loaders.ts'
import { merged } from './profiles/merged-customer.table.ts'
import { profileCustomers } from './profiles/profile-customer.table.ts'
import { timelineLoaders } from './timeline/timeline.loaders.ts'
import { touchpointLoaders } from './touchpoints/touchpoint.loaders.ts'
import { webhookEndpointLoaders } from './webhook-endpoints/webhook-endpoint.loaders.ts'

export type Loaders = ReturnType<typeof createLoaders>

export const createLoaders = (ctx: Listing) => ({
  /** The id of the customer that a customer is part of now. */
  currentCustomer: follower(ctx, merged),
  ...channelLoaders(ctx),
  ...orderLoaders(ctx),
  ...productLoaders(ctx),
  ...categoryLoaders(ctx),
  ...touchpointLoaders(ctx),
  ...messageLoaders(ctx),
  ...contactLoaders(ctx),
  ...timelineLoaders(ctx),
  ...liveCodeLoaders(ctx),
  ...importLoaders(ctx),
  ...webhookEndpointLoaders(ctx),
  customerOf: rowsById(ctx, profileCustomers, { by: 'profileId' }),
  ...quarantineLoaders(ctx),
})
