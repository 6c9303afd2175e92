import type { Clients, Reach } from '../connectors/connector.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Deps } from '../context.ts'
import type { ChannelKind } from '../gen/resolvers.ts'

export const openClients = (): Clients =>
  Object.fromEntries(Object.entries(connectors).map(([kind, connector]) => [kind, connector.open?.()]))

/** Closes the clients that openClients created. */
export function closeClients(clients: Clients): void {
  for (const [kind, client] of Object.entries(clients)) connectors[kind as ChannelKind].close?.(client)
}

/** Outbound access for accounts of a kind. */
export const reachOf = (
  { platformUrls, egress, clients }: Pick<Deps, 'platformUrls' | 'egress' | 'clients'>,
  kind: ChannelKind,
): Reach => ({
  url: platformUrls[kind] ?? connectors[kind].url ?? '',
  egress,
  client: clients[kind],
})
