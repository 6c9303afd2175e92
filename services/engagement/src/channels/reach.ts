import type { Reach } from '../connectors/connector.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Worker } from '../context.ts'
import type { ChannelKind } from '../gen/resolvers.ts'

/** The ways out for accounts of a kind. */
export const reachOf = ({ platformUrls, egress }: Pick<Worker, 'platformUrls' | 'egress'>, kind: ChannelKind): Reach => ({
  url: platformUrls[kind] ?? connectors[kind].url ?? '',
  egress,
})
