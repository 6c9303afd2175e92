import type { Connector } from '../connectors/connector.ts'
import { connectors } from '../connectors/connectors.ts'
import type { ChannelKind } from '../gen/resolvers.ts'

/** Reason of a message that waits for its account. */
export const DISABLED = 'CHANNEL_ACCOUNT_DISABLED'

/** The connector that sends messages of a channel; undefined where no platform has the channel. */
export function senderOf(channel: string): readonly [ChannelKind | undefined, Connector['sender']] {
  const found = Object.entries(connectors).find(([, { sender }]) => sender?.channel === channel)
  return [found?.[0] as ChannelKind | undefined, found?.[1].sender]
}
