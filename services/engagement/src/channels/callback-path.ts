import { connectors } from '../connectors/connectors.ts'
import type { ChannelAccount } from './channel-account.table.ts'

/** Path below the intake's address that the platform calls for an account; null for kinds that are not called. */
export function callbackPath({ kind, tenantId, id }: Pick<ChannelAccount, 'kind' | 'tenantId' | 'id'>): string | null {
  const { callback, events } = connectors[kind]
  const called = callback ?? events
  return called ? `/${called.path}/${tenantId}/${id}` : null
}
