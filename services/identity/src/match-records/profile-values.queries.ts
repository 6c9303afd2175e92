import type { Tx } from '@renmai/platform/db/db'
import { type KeyRing, open } from '@renmai/platform/secrets/crypto'
import { attributePlace } from '../attributes/attribute-place.rules.ts'
import { placeOf } from '../contact-cards/contact-card.ts'
import { kindOfKey, recordOf } from '../matching/matchable.rules.ts'
import { identifierPlace } from '../profiles/identifier-place.rules.ts'

type Row = { id: string; key: string; value: string | null; sealed: Buffer | null; kind: 'VALUE' | 'CARD' | 'IDENTIFIER'; at: string }

/** Values of one profile that are read: those of all fields that a tenant may have, set and stated, and its identifiers. */
const MAX_VALUES = 2_200

/** A value of a profile that is compared. */
export type ProfileValue = {
  readonly key: string
  readonly value: string /** Whether it is stored open, so that everybody may see it. */
  readonly isOpen: boolean
}

/**
 * What is compared of some profiles, the best values first: what people set, then what sources state. Identifiers that a person
 * retracted or blocked are left out: they are nobody's, or another one's.
 */
export async function profileValues(tx: Tx, ring: KeyRing, profileIds: readonly string[]): Promise<Map<string, ProfileValue[]>> {
  const { rows } = await tx.client.query<Row>(
    `SELECT p.id, v.* FROM unnest($2::uuid[]) AS p (id) CROSS JOIN LATERAL (
       SELECT 0 AS place, key, value, sealed, 'VALUE' AS kind, key AS at, set_at AS seen FROM hand_values
       WHERE tenant_id = $1 AND profile_id = p.id AND released_at IS NULL
       UNION ALL SELECT 1, key, value, sealed, 'VALUE', key, observed_at FROM attribute_values WHERE tenant_id = $1 AND profile_id = p.id AND is_mapped
       UNION ALL SELECT 2, i.namespace, NULL, i.sealed, 'IDENTIFIER', i.identifier_id::text, coalesce(i.last_seen_at, i.created_at) FROM identifiers i
       WHERE i.tenant_id = $1 AND i.profile_id = p.id AND i.namespace IN ('phone', 'email') AND i.sealed IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM rulings r WHERE r.tenant_id = $1 AND r.holds AND r.identifier_id = i.identifier_id
           AND (r.kind = 'BLOCK' OR (r.kind = 'RETRACTION' AND r.side_a[1] = p.id)))
       UNION ALL SELECT 3, field, NULL, sealed, 'CARD', field, observed_at FROM contact_cards
       WHERE tenant_id = $1 AND profile_id = p.id AND field = 'display_name'
       ORDER BY place, seen DESC, at LIMIT ${MAX_VALUES}) v`,
    [tx.tenantId, profileIds],
  )
  const found = Map.groupBy(
    rows.filter(({ key }) => kindOfKey(key) !== undefined),
    ({ id }) => id,
  )
  return new Map(profileIds.map((id) => [id, (found.get(id) ?? []).flatMap((row) => readable(tx, ring, row))]))
}

/** What is compared of some profiles, for each its record in the order of COLUMNS. */
export async function recordsOf(tx: Tx, ring: KeyRing, profileIds: readonly string[]): Promise<Map<string, string[]>> {
  return new Map([...(await profileValues(tx, ring, profileIds))].map(([id, values]) => [id, recordOf(values)]))
}

/** One value that cannot be opened costs nobody the others. */
function readable({ tenantId }: Tx, ring: KeyRing, { id, key, value, sealed, kind, at }: Row): ProfileValue[] {
  if (!sealed) return value === null ? [] : [{ key, value, isOpen: true }]
  const place = kind === 'VALUE' ? attributePlace(key, id) : kind === 'CARD' ? placeOf(key, id) : identifierPlace(id, at)
  try {
    return [{ key, value: open(ring, tenantId, place, sealed), isOpen: false }]
  } catch {
    return []
  }
}
