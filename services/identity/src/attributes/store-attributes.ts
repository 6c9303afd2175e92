import type { Tx } from '@renmai/platform/db/db'
import { insertRows, insertRowsReturning } from '@renmai/platform/db/rows'
import { type KeyRing, seal } from '@renmai/platform/secrets/crypto'
import { rankOf } from '../rank-of.ts'
import { fitted, isPublished } from './attribute.rules.ts'
import { attributeValues, unmappedValues } from './attribute.table.ts'
import { attributePlace, originalPlace } from './attribute-place.rules.ts'
import { publishValues, type ValueFact } from './publish-values.ts'
import { readRegistry } from './read-registry.ts'

export type Observation = {
  profileId: string
  customerId: string
  key: string
  value: string
  source: string
  observedAt: Date
  isVerified?: boolean
}

const NEWEST = { newest: ['observedAt', 'rank'] } as const

/**
 * Keeps per profile and key the value that sources observed last, whatever the order in which they come. Values of keys that are
 * not registered or archived, and values that do not fit their field, are set aside until a newer value fits. An alias of a field
 * is stored as its key. Only values of fields that are not personal are published, and none that a value set by hand hides. The caller
 * holds the lock of the graph.
 */
export async function storeAttributes(tx: Tx, ring: KeyRing, observations: Observation[]): Promise<void> {
  if (observations.length === 0) return
  const registry = await readRegistry(tx)
  const [rows, others]: [ReturnType<typeof toRow>[], ReturnType<typeof toUnmapped>[]] = [[], []]
  for (const one of observations) {
    const field = registry.get(one.key)
    const value = field && fitted(field, one.value)
    if (field && value !== undefined)
      rows.push(toRow(tx, ring, { ...one, key: field.key, value, original: one.value }, field.sensitivity === 'NONE'))
    else others.push(toUnmapped(tx, ring, one))
  }
  const stored = await insertRowsReturning(tx, attributeValues, rows, NEWEST)
  await insertRows(tx, unmappedValues, others, NEWEST)
  await forgetReplaced(
    tx,
    observations.map(({ profileId, key }) => ({ profileId, key, stored: registry.get(key)?.key ?? key })),
  )
  const customerOf = new Map(observations.map(({ profileId, customerId }) => [profileId, customerId]))
  const open = stored.flatMap(({ value, profileId, key, observedAt }) =>
    value === null || !isPublished(registry.get(key)!)
      ? []
      : [{ profileId, customerId: customerOf.get(profileId)!, key, value, observedAt, version: 0 }],
  )
  await publishValues(tx, await notHidden(tx, open))
}

/** Deletes values that were set aside, where a value of their moment or a later one fits. @param stored the key of their field */
async function forgetReplaced(tx: Tx, said: readonly { profileId: string; key: string; stored: string }[]): Promise<void> {
  await tx.client.query(
    `DELETE FROM unmapped_values u USING attribute_values v, (SELECT DISTINCT * FROM unnest($2::uuid[], $3::text[], $4::text[])) AS said (profile_id, key, stored)
     WHERE u.tenant_id = $1 AND u.profile_id = said.profile_id AND u.key = said.key
       AND v.tenant_id = $1 AND v.profile_id = said.profile_id AND v.key = said.stored AND v.is_mapped AND v.observed_at >= u.observed_at`,
    [tx.tenantId, said.map(({ profileId }) => profileId), said.map(({ key }) => key), said.map(({ stored }) => stored)],
  )
}

/** The facts that no value set by hand hides, with their versions. */
async function notHidden(tx: Tx, facts: readonly ValueFact[]): Promise<ValueFact[]> {
  if (facts.length === 0) return []
  const { rows } = await tx.client.query<{ at: string; version: number; isHeld: boolean }>(
    `SELECT profile_id::text || key AS at, version, released_at IS NULL AS "isHeld" FROM hand_values WHERE tenant_id = $1 AND profile_id = ANY($2)`,
    [tx.tenantId, facts.map(({ profileId }) => profileId)],
  )
  const byHand = new Map(rows.map((row) => [row.at, row]))
  return facts.flatMap((fact) => {
    const { version = 0, isHeld = false } = byHand.get(fact.profileId + fact.key) ?? {}
    return isHeld ? [] : [{ ...fact, version }]
  })
}

/** A clean value, and what was written for it. */
export type CleanValue = { readonly profileId: string; readonly key: string; readonly value: string; readonly original: string }

/** A value as it is stored: open when its field is not personal, sealed otherwise. What was written stands beside it where it differs. */
export function storedAs({ tenantId }: Tx, ring: KeyRing, { profileId, key, value, original }: CleanValue, isOpen: boolean) {
  return {
    value: isOpen ? value : null,
    sealed: isOpen ? null : seal(ring, tenantId, attributePlace(key, profileId), value),
    sealedOriginal: original === value ? null : seal(ring, tenantId, originalPlace(key, profileId), original),
  }
}

function toRow(tx: Tx, ring: KeyRing, one: Observation & CleanValue, isOpen: boolean) {
  const { profileId, key, value, source, observedAt, isVerified = false } = one
  const rank = rankOf(ring, tx.tenantId, value)
  return { profileId, key, ...storedAs(tx, ring, one, isOpen), isMapped: true, source, observedAt, isVerified, rank }
}

/** A value that no field accepts, sealed to the key that its source uses. */
export function toUnmapped(tx: Tx, ring: KeyRing, { profileId, key, value, source, observedAt, isVerified = false }: Observation) {
  const sealed = seal(ring, tx.tenantId, attributePlace(key, profileId), value)
  return { profileId, key, sealed, source, observedAt, isVerified, rank: rankOf(ring, tx.tenantId, value) }
}
