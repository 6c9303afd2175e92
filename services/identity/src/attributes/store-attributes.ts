import type { Tx } from '@renmai/platform/db/db'
import { insertRowsReturning, type NewRow } from '@renmai/platform/db/rows'
import { type KeyRing, seal } from '@renmai/platform/secrets/crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { rankOf } from '../rank-of.ts'
import { checkValue } from './attribute.rules.ts'
import { type AttributeField, attributeValues } from './attribute.table.ts'
import { attributePlace } from './attribute-place.rules.ts'
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

/**
 * Keeps per profile and key the value that sources observed last, whatever the order in which they come. Values of keys that are
 * not registered or archived, and values that do not fit their field, are stored as unmapped. Only values of fields that are not
 * personal are published, and none that a value set by hand hides. The caller holds the lock of the graph.
 */
export async function storeAttributes(tx: Tx, ring: KeyRing, observations: Observation[]): Promise<void> {
  if (observations.length === 0) return
  const registry = await readRegistry(tx)
  const rows = observations.map((one) => toRow(tx, ring, one, registry.get(one.key)))
  const stored = await insertRowsReturning(tx, attributeValues, rows, { newest: ['observedAt', 'rank'] })
  const customerOf = new Map(observations.map(({ profileId, customerId }) => [profileId, customerId]))
  const open = stored.flatMap(({ value, profileId, key, observedAt }) =>
    value === null ? [] : [{ profileId, customerId: customerOf.get(profileId)!, key, value, observedAt, version: 0 }],
  )
  await publishValues(tx, await notHidden(tx, open))
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

function fits(field: AttributeField, value: string): boolean {
  try {
    checkValue(field, value)
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

/** A value as it is stored: open when its field is not personal, sealed otherwise. */
export function storedAs(
  tx: Tx,
  ring: KeyRing,
  { profileId, key, value }: Pick<Observation, 'profileId' | 'key' | 'value'>,
  isOpen: boolean,
) {
  return { value: isOpen ? value : null, sealed: isOpen ? null : seal(ring, tx.tenantId, attributePlace(key, profileId), value) }
}

function toRow(tx: Tx, ring: KeyRing, one: Observation, field: AttributeField | undefined): NewRow<typeof attributeValues> {
  const { profileId, key, value, source, observedAt, isVerified = false } = one
  const isMapped = field !== undefined && fits(field, value)
  return {
    profileId,
    key,
    ...storedAs(tx, ring, one, isMapped && field.sensitivity === 'NONE'),
    isMapped,
    source,
    observedAt,
    isVerified,
    rank: rankOf(ring, tx.tenantId, value),
  }
}
