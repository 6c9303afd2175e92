import type { Tx } from '@renmai/platform/db/db'
import { journeyFailure } from './journey.failures.ts'

/** For each kind of reference, those of the given ids that exist, and whether they are archived. */
const FOUND = {
  segment: 'SELECT id, false AS archived FROM segments WHERE tenant_id = $1 AND id = ANY($2::uuid[])',
  'message template': `SELECT DISTINCT t.id, EXISTS (SELECT 1 FROM archived_templates a WHERE a.tenant_id = $1 AND a.id = t.id) AS archived
    FROM templates t WHERE t.tenant_id = $1 AND t.id = ANY($2::uuid[])`,
  'coupon template': 'SELECT id, archived_at IS NOT NULL AS archived FROM coupon_templates WHERE tenant_id = $1 AND id = ANY($2::uuid[])',
} as const

const CODES = {
  segment: ['SEGMENT_NOT_FOUND', 'SEGMENT_ARCHIVED'],
  'message template': ['MESSAGE_TEMPLATE_NOT_FOUND', 'MESSAGE_TEMPLATE_ARCHIVED'],
  'coupon template': ['COUPON_TEMPLATE_NOT_FOUND', 'COUPON_TEMPLATE_ARCHIVED'],
} as const

/** A template, coupon template or segment of the tenant that a journey names. */
export type Reference = {
  readonly what: keyof typeof FOUND
  readonly id: string
  /** Path of the id in the input. */
  readonly field: string
}

/** @throws AppError NOT_FOUND that names the first of them that does not exist, CONFLICT for one that is archived */
export async function checkReferences(tx: Tx, references: readonly Reference[]): Promise<void> {
  for (const [what, wanted] of Map.groupBy(references, (one) => one.what)) {
    const { rows } = await tx.client.query<{ id: string; archived: boolean }>(FOUND[what], [tx.tenantId, wanted.map(({ id }) => id)])
    const found = new Map(rows.map((row) => [row.id, row.archived]))
    for (const { id, field } of wanted) {
      const [missing, archived] = CODES[what]
      if (!found.has(id)) throw journeyFailure(missing, field)
      if (found.get(id)) throw journeyFailure(archived, field)
    }
  }
}
