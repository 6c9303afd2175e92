import type { Tx } from '@renmai/platform/db/db'
import type { AttributeField } from './attribute.table.ts'
import { DISPLAY_NAME } from './attribute-field.rules.ts'
import { STAFF } from './store-by-hand.ts'

/** More than these of one customer are not read: a hundred fields of a hundred profiles. */
const MAX_VALUES = 10_000

/** A value of a field, as one profile of a customer has it. */
export type ObservedValue = {
  readonly customerId: string
  readonly profileId: string
  readonly key: string
  readonly value: string | null
  readonly sealed: Buffer | null
  /** What was written for the value, where it differs. */
  readonly sealedOriginal: Buffer | null
  /** Whether it is the name of a contact card, which is sealed to another place. */
  readonly isCard: boolean
  readonly source: string
  readonly observedAt: Date
  readonly isVerified: boolean
  readonly isByHand: boolean
  readonly field: FieldOfValue
}

/** What of a field decides between its values, and how they are shown. */
export type FieldOfValue = Pick<AttributeField, 'kind' | 'cardinality' | 'unit' | 'sourcePriority' | 'survivorship'>

/** The field of names of a tenant that has not registered it. */
const FIELD = `jsonb_build_object('kind', coalesce(f.type, 'TEXT'), 'cardinality', coalesce(f.cardinality, 'ONE'), 'unit', f.unit,
  'sourcePriority', coalesce(f.source_priority, '{}'), 'survivorship', coalesce(f.survivorship, '{}'))`

const CARDS = `UNION ALL SELECT p.id, '${DISPLAY_NAME}', NULL, c.sealed, NULL, true, p.source, c.observed_at, false, false
  FROM profiles p JOIN contact_cards c ON c.tenant_id = $1 AND c.profile_id = p.id AND c.field = 'display_name'
  WHERE p.tenant_id = $1 AND p.customer_id = asked.id`

/** What sources state and people set about customers, per profile: of the name, or of all other fields. */
export async function observedValues(tx: Tx, customerIds: readonly string[], isOfName: boolean): Promise<Map<string, ObservedValue[]>> {
  const ofField = (row: string) => `${row}.key ${isOfName ? '=' : '<>'} '${DISPLAY_NAME}'`
  const { rows } = await tx.client.query<ObservedValue>(
    `SELECT asked.id AS "customerId", o.*, ${FIELD} AS field FROM unnest($2::uuid[]) AS asked (id) CROSS JOIN LATERAL (
       SELECT p.id AS "profileId", v.key, v.value, v.sealed, v.sealed_original AS "sealedOriginal", false AS "isCard", v.source, v.observed_at AS "observedAt", v.is_verified AS "isVerified",
         starts_with(v.source, '${STAFF}') AS "isByHand"
       FROM profiles p JOIN attribute_values v ON v.tenant_id = $1 AND v.profile_id = p.id AND v.is_mapped AND ${ofField('v')}
       WHERE p.tenant_id = $1 AND p.customer_id = asked.id
       UNION ALL SELECT p.id, h.key, h.value, h.sealed, h.sealed_original, false, h.source, h.set_at, false, true
       FROM profiles p JOIN hand_values h ON h.tenant_id = $1 AND h.profile_id = p.id AND h.released_at IS NULL AND ${ofField('h')}
       WHERE p.tenant_id = $1 AND p.customer_id = asked.id ${isOfName ? CARDS : ''}
       ORDER BY 2, 1 LIMIT ${MAX_VALUES}) o
     LEFT JOIN fields f ON f.tenant_id = $1 AND f.key = o.key`,
    [tx.tenantId, customerIds],
  )
  return Map.groupBy(rows, ({ customerId }) => customerId)
}
