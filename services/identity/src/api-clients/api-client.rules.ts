/** A revoked client stays revoked; one that is not revoked is active until its keys expire. */
import type { ApiClientState } from '../gen/resolvers.ts'
import type { ApiClient } from './api-client.table.ts'

export function stateOf({ revokedAt, expiresAt }: Pick<ApiClient, 'revokedAt' | 'expiresAt'>, now: Date): ApiClientState {
  if (revokedAt) return 'REVOKED'
  return expiresAt && expiresAt <= now ? 'EXPIRED' : 'ACTIVE'
}
