import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import { isPublished } from '../attributes/attribute.rules.ts'
import { type AttributeField, unmappedValues } from '../attributes/attribute.table.ts'
import { publishValues, storedAs, toUnmapped } from '../attributes/attribute.ts'
import { rankOf } from '../rank-of.ts'
import type { Stage } from './attribute-job.table.ts'
import type { Conversion } from './stored-values.queries.ts'

type Replacing = {
  readonly field: AttributeField
  readonly stage: Stage
  /** Whether values that are taken away are set aside with their texts: a later definition can store them again. */
  readonly isSetAside: boolean
}

/** Replaces values of one page, and publishes what becomes of them. The caller holds the lock of the graph. */
export async function replaceValues(
  tx: Tx,
  ring: KeyRing,
  { field, stage, isSetAside }: Replacing,
  values: readonly Conversion[],
): Promise<void> {
  if (values.length === 0) return
  const gone = values.filter(({ to }) => to === null)
  if (isSetAside) {
    const aside = gone.map(({ row, original }) => toUnmapped(tx, ring, { ...row, value: original }))
    await insertRows(tx, unmappedValues, aside, { newest: ['observedAt', 'rank'] })
  }
  const kept = values.flatMap(({ row: { profileId }, original, to }) =>
    to === null ? [] : [{ profileId, key: field.key, value: to, original }],
  )
  const rows = kept.map((one) => ({ ...one, ...storedAs(tx, ring, one, field.sensitivity === 'NONE'), text: one.value }))
  const ids = gone.map(({ row }) => row.profileId)
  const facts = await (stage === 'HAND' ? replaceHeld(tx, field, rows, ids) : replaceStated(tx, ring, field, rows, ids))
  if (field.sensitivity !== 'NONE') return
  const customerOf = new Map(values.map(({ row }) => [row.profileId, row.customerId]))
  const open = facts.map((fact) => ({
    ...fact,
    key: field.key,
    customerId: customerOf.get(fact.profileId)!,
    value: isPublished(field) ? fact.value : null,
  }))
  await publishValues(tx, open)
}

type Kept = {
  readonly profileId: string
  readonly text: string
  readonly value: string | null
  readonly sealed: Buffer | null
  readonly sealedOriginal: Buffer | null
}
type Fact = { profileId: string; value: string | null; observedAt: Date; version: number }

const columnsOf = (rows: readonly Kept[]) => [
  rows.map(({ profileId }) => profileId),
  rows.map(({ value }) => value),
  rows.map(({ sealed }) => sealed),
  rows.map(({ sealedOriginal }) => sealedOriginal),
]

/** @returns what is published: of each profile the value that counts, where no value that a person set hides it */
async function replaceStated(tx: Tx, ring: KeyRing, field: AttributeField, kept: readonly Kept[], gone: readonly string[]) {
  const { rows: before } = await tx.client.query<{ profileId: string; observedAt: Date }>(
    `WITH changed AS (
       UPDATE attribute_values v SET value = c.value, sealed = c.sealed, sealed_original = c.original, rank = c.rank
       FROM unnest($3::uuid[], $4::text[], $5::bytea[], $6::bytea[], $7::bytea[]) AS c (id, value, sealed, original, rank)
       WHERE v.tenant_id = $1 AND v.key = $2 AND v.profile_id = c.id RETURNING v.profile_id, v.observed_at
     ), deleted AS (
       DELETE FROM attribute_values WHERE tenant_id = $1 AND key = $2 AND profile_id = ANY($8) RETURNING profile_id, observed_at
     ) SELECT profile_id AS "profileId", observed_at AS "observedAt" FROM (SELECT * FROM changed UNION ALL SELECT * FROM deleted) v`,
    [tx.tenantId, field.key, ...columnsOf(kept), kept.map(({ text }) => rankOf(ring, tx.tenantId, text)), gone],
  )
  if (field.sensitivity !== 'NONE') return []
  const versions = await addVersions(tx, field, [...kept.map(({ profileId }) => profileId), ...gone])
  const valueOf = new Map(kept.map(({ profileId, value }) => [profileId, value]))
  return before.flatMap(({ profileId, observedAt }): Fact[] => {
    const version = versions.get(profileId)
    return version === undefined ? [] : [{ profileId, observedAt, version, value: valueOf.get(profileId) ?? null }]
  })
}

/** A version more for each profile without a value that a person set: consumers keep the greatest. */
async function addVersions(tx: Tx, { id, key }: AttributeField, profileIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await tx.client.query<{ profileId: string; version: number }>(
    `INSERT INTO hand_values (tenant_id, profile_id, key, source, set_at, released_at)
     SELECT $1, id, $2, $3, now(), now() FROM unnest($4::uuid[]) AS id
     ON CONFLICT (tenant_id, profile_id, key) DO UPDATE SET version = hand_values.version + 1 WHERE hand_values.released_at IS NOT NULL
     RETURNING profile_id AS "profileId", version`,
    [tx.tenantId, key, `field:${id}`, profileIds],
  )
  return new Map(rows.map(({ profileId, version }) => [profileId, version]))
}

/** A value that is taken away is released: what a source states counts again. */
async function replaceHeld(tx: Tx, { key }: AttributeField, kept: readonly Kept[], gone: readonly string[]): Promise<Fact[]> {
  const { rows } = await tx.client.query<Fact>(
    `WITH changed AS (
       UPDATE hand_values h SET value = c.value, sealed = c.sealed, sealed_original = c.original, version = h.version + 1
       FROM unnest($3::uuid[], $4::text[], $5::bytea[], $6::bytea[]) AS c (id, value, sealed, original)
       WHERE h.tenant_id = $1 AND h.key = $2 AND h.profile_id = c.id AND h.released_at IS NULL RETURNING h.profile_id, h.value, h.set_at, h.version
     ), released AS (
       UPDATE hand_values SET value = NULL, sealed = NULL, sealed_original = NULL, released_at = now(), version = version + 1
       WHERE tenant_id = $1 AND key = $2 AND profile_id = ANY($7) AND released_at IS NULL RETURNING profile_id, set_at, version
     ) SELECT profile_id AS "profileId", value, set_at AS "observedAt", version FROM changed
     UNION ALL SELECT r.profile_id, a.value, coalesce(a.observed_at, r.set_at), r.version FROM released r
     LEFT JOIN attribute_values a ON a.tenant_id = $1 AND a.key = $2 AND a.profile_id = r.profile_id AND a.is_mapped`,
    [tx.tenantId, key, ...columnsOf(kept), gone],
  )
  return rows
}
