import { createHash } from 'node:crypto'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { answer } from '@renmai/platform/events/ask'
import { publish } from '@renmai/platform/events/outbox'
import { blindIndex, type KeyRing } from '@renmai/platform/secrets/crypto'
import type { Clock } from '@renmai/platform/serve/clock'
import { AppError } from '@renmai/platform/serve/errors'
import { isId } from '@renmai/platform/serve/ids'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { type FindProfilesRequest, IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { isPersonal, normalise } from '../profiles/identifier.rules.ts'
import { identifierIdOf } from '../profiles/profile.ts'
import { survivorsOf } from './customer.queries.ts'

const MAX_PROFILES = 1_000

/** @throws AppError CONFLICT where a part would be left out: a withdrawal must not be followed for some profiles only */
function whole(rows: { id: string }[]): string[] {
  if (rows.length > MAX_PROFILES) throw new AppError('CONFLICT', `More than ${MAX_PROFILES} profiles are found; name one of them`)
  return rows.map(({ id }) => id)
}

/**
 * Finds the profiles of a customer, or those that carry an identifier. A lookup by a personal identifier needs personal:read and
 * is audited, also when it finds nobody.
 */
export const findProfiles = (db: Db, keyRing: KeyRing, now: Clock) =>
  answer(IdentityService.method.findProfiles, async (request) => {
    const { tenantId, person } = request
    if (person.case === 'customerId') {
      const { value } = person
      return { profileIds: isId(value) ? await withTenant(db, tenantId, (tx) => ofCustomer(tx, value)) : [] }
    }
    if (person.case === undefined) throw new AppError('INVALID', 'Give a customer or an identifier')
    const { namespace, value } = normalise({ namespace: person.value.namespace, value: person.value.value })
    const isGuarded = isPersonal(namespace)
    if (isGuarded && !request.scopes.includes('personal:read')) throw new AppError('FORBIDDEN', 'This needs the scope personal:read')
    return withTenant(db, tenantId, async (tx) => {
      const index = blindIndex(keyRing, tenantId, namespace, value)
      const profileIds = await byIdentifier(tx, namespace, index)
      if (isGuarded) await recordLookUp(tx, request, index, profileIds[0], now())
      return { profileIds, identifierId: identifierIdOf(index) }
    })
  })

async function ofCustomer(tx: Tx, customerId: string): Promise<string[]> {
  const survivor = (await survivorsOf(tx, [customerId])).get(customerId)
  if (!survivor) return []
  const { rows } = await tx.client.query<{ id: string }>(
    `SELECT id FROM profiles WHERE tenant_id = $1 AND customer_id = $2 ORDER BY id LIMIT ${MAX_PROFILES + 1}`,
    [tx.tenantId, survivor.id],
  )
  return whole(rows)
}

async function byIdentifier(tx: Tx, namespace: string, index: Buffer): Promise<string[]> {
  const { rows } = await tx.client.query<{ id: string }>(
    `SELECT DISTINCT profile_id AS id FROM identifiers WHERE tenant_id = $1 AND namespace = $2 AND value_index = $3
     ORDER BY profile_id LIMIT ${MAX_PROFILES + 1}`,
    [tx.tenantId, namespace, index],
  )
  return whole(rows)
}

type Viewer = Pick<FindProfilesRequest, 'viewerKind' | 'viewerId'>

async function recordLookUp(tx: Tx, { viewerKind, viewerId }: Viewer, index: Buffer, found: string | undefined, at: Date): Promise<void> {
  await publish(tx, ActionRecordedSchema, {
    action: 'findProfiles',
    actorKind: viewerKind,
    actorId: viewerId,
    targetId: found ?? '',
    inputDigest: createHash('sha256').update(index).digest(),
    at: timestampFromDate(at),
  })
}
