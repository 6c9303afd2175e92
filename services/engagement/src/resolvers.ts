import { mergeResolvers } from '@renmai/platform/serve/resolvers'
import { scalars } from '@renmai/platform/serve/scalars'
import { categoryResolvers } from './categories/category.resolvers.ts'
import { channelResolvers } from './channels/channel.resolvers.ts'
import { contactResolvers } from './contacts/contact.resolvers.ts'
import { receivedMessageResolvers } from './contacts/received-message.resolvers.ts'
import type { Resolvers, ResolversParentTypes } from './gen/resolvers.ts'
import { importResolvers } from './imports/import.resolvers.ts'
import { liveCodeResolvers } from './live-codes/live-code.resolvers.ts'
import { messageResolvers } from './messages/message.resolvers.ts'
import { orderResolvers } from './orders/order.resolvers.ts'
import { productResolvers } from './products/product.resolvers.ts'
import { quarantinedItemResolvers } from './quarantine/quarantined-item.resolvers.ts'
import { timelineResolvers } from './timeline/timeline.resolvers.ts'
import { touchpointResolvers } from './touchpoints/touchpoint.resolvers.ts'
import { webhookEndpointResolvers } from './webhook-endpoints/webhook-endpoint.resolvers.ts'

/** Resolvers of engagement. */
export const resolvers = mergeResolvers<Resolvers, ResolversParentTypes>()(
  scalars,
  channelResolvers,
  touchpointResolvers,
  orderResolvers,
  productResolvers,
  categoryResolvers,
  importResolvers,
  liveCodeResolvers,
  messageResolvers,
  contactResolvers,
  receivedMessageResolvers,
  timelineResolvers,
  webhookEndpointResolvers,
  quarantinedItemResolvers,
)
