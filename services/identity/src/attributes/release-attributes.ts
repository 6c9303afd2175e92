import type { Tx } from '@renmai/platform/db/db'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockGraph } from '../graph/graph.ts'
import { noteChanged } from '../match-records/match-record.ts'
import { attributeFailure } from './attribute.failures.ts'
import { publishValues } from './publish-values.ts'
import { profilesAt, Target } from './set-attributes.ts'
import { adoptEarlier } from './store-by-hand.ts'

const Input = z.object({ idempotencyKey, target: Target, keys: z.array(z.string().min(1).max(64)).min(1).max(100) })

/**
 * Takes away values that people set, so that what sources state counts again. Of a customer it takes those of all profiles.
 * @throws AppError CONFLICT for a key of which no value is set by hand; then none is released
 */
export async function releaseAttributes(ctx: Context, raw: z.input<typeof Input>): Promise<{ customerId: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'releaseAttributes', scope: 'customers:write' }, input, async (tx) => {
    await lockGraph(tx)
    const profiles = await profilesAt(tx, input.target)
    const { id: profileId, customerId } = profiles[0]!
    const at = ctx.now()
    const released = await release(
      tx,
      profiles.map(({ id }) => id),
      input.keys,
      at,
    )
    const free = new Set(released.map(({ key }) => key))
    const missing = input.keys.find((key) => !free.has(key))
    if (missing) throw attributeFailure('ATTRIBUTE_NOT_SET_BY_HAND', 'keys', { key: missing })
    await noteChanged(
      tx,
      released.map((one) => one.profileId),
    )
    const open = released.filter(({ wasOpen }) => wasOpen)
    await publishValues(
      tx,
      open.map((one) => ({ ...one, customerId, observedAt: one.observedAt ?? at })),
    )
    return { decided: { customerId }, targetId: profileId }
  })
}

type Released = { profileId: string; key: string; version: number; wasOpen: boolean; value: string | null; observedAt: Date | null }

/** @returns what was released, each with the value that the source states */
async function release(tx: Tx, profileIds: readonly string[], keys: readonly string[], at: Date): Promise<Released[]> {
  await adoptEarlier(tx, profileIds, keys)
  const { rows } = await tx.client.query<Released>(
    `WITH released AS (
       UPDATE hand_values SET value = NULL, sealed = NULL, sealed_original = NULL, released_at = $4, version = version + 1
       WHERE tenant_id = $1 AND profile_id = ANY($2) AND key = ANY($3) AND released_at IS NULL
       RETURNING profile_id, key, version, old.value IS NOT NULL AND EXISTS (SELECT 1 FROM fields f WHERE f.tenant_id = $1 AND f.key = hand_values.key AND f.cardinality = 'ONE') AS was_open
     ) SELECT r.profile_id AS "profileId", r.key, r.version, r.was_open AS "wasOpen", a.value, a.observed_at AS "observedAt"
     FROM released r LEFT JOIN attribute_values a ON a.tenant_id = $1 AND a.profile_id = r.profile_id AND a.key = r.key
       AND a.is_mapped AND a.value IS NOT NULL ORDER BY r.profile_id, r.key`,
    [tx.tenantId, profileIds, keys, at],
  )
  return rows
}
