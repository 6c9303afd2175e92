import { encodeArray } from '@renmai/platform/db/bulk'
import type { Tx } from '@renmai/platform/db/db'
import { DEVICES, isDevice } from '../profiles/identifier.rules.ts'
import type { GraphEdge, Newcomers } from './graph.rules.ts'

/** The condition that a namespace names devices, behind the namespace. */
const DEVICE = `IN (${DEVICES.map((namespace) => `'${namespace}'`).join(', ')})`

const ofProfiles = (devices: string) => `SELECT DISTINCT i.namespace, i.value_index, i.identifier_id FROM unnest($2::uuid[]) AS c (id)
  CROSS JOIN LATERAL (SELECT * FROM identifiers WHERE tenant_id = $1 AND profile_id = c.id OFFSET 0) i
  WHERE i.identifier_id NOT IN (SELECT unnest($3::uuid[])) AND (coalesce(i.tier, 1) < 3 OR i.namespace ${DEVICE}${devices})`
/** Query of the identifiers of stored profiles ($2), but for those that are known already ($3): with `<> ALL` each would be compared with all. */
export const OF_PROFILES = ofProfiles('')
/** The same, but of devices only those that the anonymous carry. */
export const OF_THE_ANONYMOUS = ofProfiles(` AND NOT EXISTS (
    SELECT 1 FROM identifiers o WHERE o.tenant_id = $1 AND o.profile_id = c.id AND o.namespace NOT ${DEVICE})`)

/**
 * Of some profiles those that carry devices and nothing else. Also what a person retracted shows that somebody made himself known:
 * a correction joins nobody.
 * @param edges of the graph; without a device among them it does not matter who is anonymous
 */
export async function readAnonymous(
  tx: Tx,
  edges: readonly GraphEdge[],
  profileIds: readonly string[],
  { profiles, edges: carried }: Newcomers,
): Promise<Set<string>> {
  if (!edges.some(({ namespace }) => isDevice(namespace))) return new Set()
  const born = new Set(profiles.map(({ id }) => id))
  const { rows } = await tx.client.query<{ id: string }>(
    `SELECT c.id FROM unnest($2::uuid[]) AS c (id) CROSS JOIN LATERAL (
       SELECT bool_and(namespace ${DEVICE}) AS only FROM identifiers WHERE tenant_id = $1 AND profile_id = c.id OFFSET 0) i WHERE i.only`,
    [
      tx.tenantId,
      encodeArray(
        'uuid',
        profileIds.filter((id) => !born.has(id)),
      ),
    ],
  )
  const arriving = [...Map.groupBy(carried, ({ profileId }) => profileId)].filter(([, all]) =>
    all.every(({ namespace }) => isDevice(namespace)),
  )
  return new Set([...rows.map(({ id }) => id), ...arriving.map(([id]) => id)])
}
