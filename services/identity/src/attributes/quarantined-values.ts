import { type QuarantineKind, sealedIn } from '@renmai/platform/quarantine/quarantine-kind'
import { AppError } from '@renmai/platform/serve/errors'
import type { Deps } from '../context.ts'
import { lockGraph } from '../graph/graph.ts'
import { noteChanged } from '../match-records/match-record.ts'
import { checkValue } from './attribute.rules.ts'
import { attributePlace } from './attribute-place.rules.ts'
import { readRegistry } from './read-registry.ts'
import { storeAttributes } from './store-attributes.ts'

/** The key of a value: its profile, and its field behind a bar. */
const originParts = (origin: string) => [origin.slice(0, 36), origin.slice(37)] as const

const FIELD = (row: string) =>
  `(SELECT 1 FROM fields f WHERE f.tenant_id = ${row}.tenant_id AND f.key = ${row}.key AND f.archived_at IS NULL)`

/**
 * Values that have no registered field, or do not fit it. A replay stores the value again as it was observed, by the
 * fields that are registered then.
 */
export const quarantinedValues: QuarantineKind<Deps> = {
  kind: 'VALUE',
  table: 'unmapped_values',
  origin: (row) => `${row}.profile_id::text || '|' || ${row}.key`,
  find: (origin) => `r.profile_id = left(${origin}, 36)::uuid AND r.key = substr(${origin}, 38)`,
  waiting: () => 'true',
  source: (row) => `${row}.source`,
  subject: (row) => `${row}.key`,
  problem: (row) => `CASE WHEN EXISTS ${FIELD(row)} THEN 'VALUE_DOES_NOT_FIT' ELSE 'FIELD_UNKNOWN' END`,
  isDisposable: true,
  sentences: {
    FIELD_UNKNOWN: 'No field in use has this key; register or restore it, and replay the value',
    VALUE_DOES_NOT_FIT: 'The value does not have the format of its field',
  },
  original: sealedIn(
    'sealed',
    (origin) => {
      const [profileId, key] = originParts(origin)
      return attributePlace(key, profileId)
    },
    async (tx, _reading, { subject }, text) => {
      const field = (await readRegistry(tx, true)).get(subject!)
      if (!field) throw new AppError('INVALID', `No field ${subject} is in use`, { original: 'register its field first' })
      try {
        checkValue(field, text)
      } catch (error) {
        throw error instanceof AppError
          ? new AppError('INVALID', error.message, { original: Object.values(error.fields ?? {})[0] ?? 'does not fit' })
          : error
      }
    },
  ),
  replay: {
    run: ({ keyRing }, { origin }, value) =>
      Promise.resolve(async (tx) => {
        const [profileId, key] = originParts(origin)
        await lockGraph(tx)
        const { rows } = await tx.client.query<{ customerId: string; source: string; observedAt: Date; isVerified: boolean }>(
          `UPDATE unmapped_values v SET rank = '\\x' FROM profiles p WHERE p.tenant_id = v.tenant_id AND p.id = v.profile_id
           AND v.tenant_id = $1 AND v.profile_id = $2 AND v.key = $3
           RETURNING p.customer_id AS "customerId", v.source, v.observed_at AS "observedAt", v.is_verified AS "isVerified"`,
          [tx.tenantId, profileId, key],
        )
        // A newer value may have replaced it meanwhile. A corrected one is of the same moment, and wins over what it corrects.
        if (rows[0]) await storeAttributes(tx, keyRing, [{ ...rows[0], profileId, key, value }])
        await noteChanged(tx, [profileId])
      }),
  },
}
