/**
 * Ids of audit entries. An entry is stored by its place in the chain of its tenant. Its id holds that place after 74 bits that belong to
 * the tenant, so that no two tenants have an id in common and no column is stored for it.
 */
import { createHash } from 'node:crypto'

/** The id of the entry at a place of the tenant's chain. */
export const entryId = (tenantId: string, seq: number): string => prefixOf(tenantId) + seq.toString(16).padStart(12, '0')

/** @returns the place of an entry in the tenant's chain; undefined for an id of anything else */
export function seqOfEntry(tenantId: string, id: string): number | undefined {
  const prefix = prefixOf(tenantId)
  return id.startsWith(prefix) && id.length === prefix.length + 12 ? Number.parseInt(id.slice(prefix.length), 16) : undefined
}

/** The first 20 hex digits of each id of a tenant, as in a UUID of version 8 (RFC 9562). */
function prefixOf(tenantId: string): string {
  const hex = createHash('sha256').update(`audit entry|${tenantId}`).digest('hex')
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 3]!
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-`
}
