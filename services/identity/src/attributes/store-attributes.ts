import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { insertRowsReturning, type NewRow } from '@renmai/platform/db/rows'
import { publish } from '@renmai/platform/events/outbox'
import { type KeyRing, seal } from '@renmai/platform/secrets/crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { CustomerChangedSchema } from '@renmai/proto/identity/v1/events'
import { eq } from 'drizzle-orm'
import { checkValue } from './attribute.rules.ts'
import { attributeValues, type Field, fields } from './attribute.table.ts'

export type Observation = { profileId: string; customerId: string; key: string; value: string; source: string; observedAt: Date }

const keyOf = ({ profileId, key }: Pick<Observation, 'profileId' | 'key'>) => `${profileId}|${key}`

export const attributePlace = (key: string, profileId: string) => `attribute_values.${key}|${profileId}`

/**
 * Keeps the newest value per profile and key. Values of unregistered keys, and values that do not fit their field, are
 * stored as unmapped. Only values of fields that are not personal are published.
 */
export async function storeAttributes(tx: Tx, ring: KeyRing, observations: Observation[]): Promise<void> {
  if (observations.length === 0) return
  const registry = new Map((await tx.select().from(fields).where(eq(fields.tenantId, tx.tenantId))).map((field) => [field.key, field]))
  const rows = observations.map((one) => toRow(tx, ring, one, registry.get(one.key)))
  const stored = await insertRowsReturning(tx, attributeValues, rows, { newest: 'observedAt' })
  const observed = new Map(observations.map((one) => [keyOf(one), one]))
  await tell(
    tx,
    stored.map((row) => observed.get(keyOf(row))!).filter(({ key, value }) => isOpenFact(registry.get(key), value)),
  )
}

function fits(field: Field, value: string): boolean {
  try {
    checkValue(field, value)
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

const isOpenFact = (field: Field | undefined, value: string) => field?.sensitivity === 'NONE' && fits(field, value)

function toRow(
  tx: Tx,
  ring: KeyRing,
  { profileId, key, value, source, observedAt }: Observation,
  field: Field | undefined,
): NewRow<typeof attributeValues> {
  const isOpen = isOpenFact(field, value)
  const sealed = isOpen ? null : seal(ring, tx.tenantId, attributePlace(key, profileId), value)
  return {
    profileId,
    key,
    value: isOpen ? value : null,
    sealed,
    isMapped: field !== undefined && fits(field, value),
    source,
    observedAt,
  }
}

async function tell(tx: Tx, facts: Observation[]): Promise<void> {
  const byProfile = Map.groupBy(facts, (fact) => fact.profileId)
  await publish(
    tx,
    CustomerChangedSchema,
    ...[...byProfile].map(([profileId, mine]) => ({
      profileId,
      customerId: mine[0]!.customerId,
      attributes: mine.map(({ key, value, observedAt }) => ({ key, value, observedAt: timestampFromDate(observedAt) })),
    })),
  )
}
