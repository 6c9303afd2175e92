import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { channelAccounts } from './channels/channel-account.table.ts'
import { contactLoaders } from './contacts/contact.loaders.ts'
import { importLoaders } from './imports/import.loaders.ts'
import { liveCodeLoaders } from './live-codes/live-code.loaders.ts'
import { messageLoaders } from './messages/message.loaders.ts'
import { orderLoaders } from './orders/order.loaders.ts'
import { profileCustomers } from './profiles/profile-customer.table.ts'
import { touchpointLoaders } from './touchpoints/touchpoint.loaders.ts'
import { isVisible } from './webhook-endpoints/webhook-endpoint.queries.ts'
import { webhookDeliveries, webhookEndpoints } from './webhook-endpoints/webhook-endpoint.table.ts'

export type Loaders = ReturnType<typeof createLoaders>

export const createLoaders = (ctx: BaseContext) => ({
  ...orderLoaders(ctx),
  ...touchpointLoaders(ctx),
  ...messageLoaders(ctx),
  ...contactLoaders(ctx),
  ...liveCodeLoaders(ctx),
  ...importLoaders(ctx),
  customerOf: rowsById(ctx, profileCustomers, { by: 'profileId' }),
  channelAccount: rowsById(ctx, channelAccounts),
  webhookDelivery: rowsById(ctx, webhookDeliveries),
  webhookEndpoint: rowsById(ctx, webhookEndpoints, { where: isVisible(ctx.viewer) }),
})
