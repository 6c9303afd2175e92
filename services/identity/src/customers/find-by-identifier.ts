import { createHash } from 'node:crypto'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Tx, withTenant } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { blindIndex } from '@renmai/platform/secrets/crypto'
import { requireScope } from '@renmai/platform/serve/viewer'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import type { Context } from '../context.ts'
import { isPersonal, normalise } from '../profiles/identifier.rules.ts'

/**
 * Finds the customer who holds an identifier. Finding by a personal identifier needs personal:read and is audited.
 * @returns the customer's id
 * @throws AppError FORBIDDEN, and INVALID for a value that cannot be an identifier
 */
export async function findByIdentifier(ctx: Context, given: { namespace: string; value: string }): Promise<string | undefined> {
  const { namespace, value } = normalise(given)
  // Finding the customer of such a value reveals its owner.
  const isGuarded = isPersonal(namespace)
  if (isGuarded) requireScope(ctx.viewer, 'personal:read')
  return withTenant(ctx.db, ctx.viewer.tenantId, async (tx) => {
    const index = blindIndex(ctx.keyRing, tx.tenantId, namespace, value)
    const { rows } = await tx.client.query<{ customer_id: string }>(
      `SELECT p.customer_id FROM identifiers i JOIN profiles p ON p.tenant_id = i.tenant_id AND p.id = i.profile_id
       WHERE i.tenant_id = $1 AND i.namespace = $2 AND i.value_index = $3 ORDER BY i.verified_at NULLS LAST, p.customer_id LIMIT 1`,
      [tx.tenantId, namespace, index],
    )
    const id = rows[0]?.customer_id
    if (isGuarded) await recordLookUp(tx, ctx, id, index)
    return id
  })
}

/** A lookup that finds nobody is audited too, so that a caller that tries one number after another is detected. */
async function recordLookUp(tx: Tx, { viewer, now }: Context, customerId: string | undefined, index: Buffer): Promise<void> {
  await publish(tx, ActionRecordedSchema, {
    action: 'customerByIdentifier',
    actorKind: viewer.kind,
    actorId: viewer.id,
    targetId: customerId ?? '',
    inputDigest: createHash('sha256').update(index).digest(),
    at: timestampFromDate(now()),
  })
}
