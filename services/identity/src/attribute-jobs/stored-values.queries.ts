import type { Tx } from '@renmai/platform/db/db'
import type { AttributeField } from '../attributes/attribute.table.ts'
import type { AttributeJob, Stage } from './attribute-job.table.ts'

/** Values of one page: as many as a claim of the intake may wait for. */
const PAGE = 500

export type StoredValue = {
  readonly profileId: string
  readonly customerId: string
  readonly key: string
  readonly value: string | null
  readonly sealed: Buffer | null
  readonly sealedOriginal: Buffer | null
  readonly source: string
  readonly observedAt: Date
  readonly isVerified: boolean
}

/** A stored value, its text, what was written for it, and what becomes of it: null for a value that is taken away. */
export type Conversion = { readonly row: StoredValue; readonly text: string; readonly original: string; readonly to: string | null }

const STORED: Record<Stage, string> = {
  SOURCES: 'v.observed_at AS "observedAt", v.is_verified AS "isVerified" FROM attribute_values v',
  HAND: 'v.set_at AS "observedAt", false AS "isVerified" FROM hand_values v',
  UNMAPPED: 'v.observed_at AS "observedAt", v.is_verified AS "isVerified" FROM unmapped_values v',
}

/** The next values of a job, behind its position, by key and profile. */
export async function readValues(tx: Tx, { key, aliases }: AttributeField, { stage, position }: AttributeJob): Promise<StoredValue[]> {
  const keys = stage === 'UNMAPPED' ? [key, ...aliases] : [key]
  const at = position?.lastIndexOf('|') ?? -1
  const isHeld = stage === 'HAND' ? 'AND v.released_at IS NULL' : stage === 'SOURCES' ? 'AND v.is_mapped' : ''
  const { rows } = await tx.client.query<StoredValue>(
    `SELECT v.profile_id AS "profileId", p.customer_id AS "customerId", v.key, ${stage === 'UNMAPPED' ? 'NULL' : 'v.value'} AS value, v.sealed,
       ${stage === 'UNMAPPED' ? 'NULL' : 'v.sealed_original'} AS "sealedOriginal", v.source, ${STORED[stage]}
     JOIN profiles p ON p.tenant_id = $1 AND p.id = v.profile_id
     WHERE v.tenant_id = $1 AND v.key = ANY($2) AND ($3::text IS NULL OR (v.key, v.profile_id) > ($3, $4::uuid)) ${isHeld}
     ORDER BY v.key, v.profile_id LIMIT ${PAGE}`,
    [tx.tenantId, keys, position?.slice(0, at) ?? null, position?.slice(at + 1) ?? null],
  )
  return rows
}
