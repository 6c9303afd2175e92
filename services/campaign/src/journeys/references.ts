import type { Tx } from '@renmai/platform/db/db'
import { AppError } from '@renmai/platform/serve/errors'

const TABLES = { segment: 'segments', template: 'templates', 'coupon template': 'coupon_templates' } as const

/** A template, coupon template or segment of the tenant that a journey names. */
export type Reference = { readonly what: keyof typeof TABLES; readonly id: string }

/** @throws AppError NOT_FOUND that names the first of them that does not exist */
export async function checkReferences(tx: Tx, references: readonly Reference[]): Promise<void> {
  for (const [what, wanted] of Map.groupBy(references, (one) => one.what)) {
    const ids = wanted.map(({ id }) => id)
    const query = `SELECT DISTINCT id FROM ${TABLES[what]} WHERE tenant_id = $1 AND id = ANY($2::uuid[])`
    const { rows } = await tx.client.query<{ id: string }>(query, [tx.tenantId, ids])
    const missing = ids.find((id) => !rows.some((row) => row.id === id))
    if (missing) throw new AppError('NOT_FOUND', `There is no ${what} with the id ${missing}`)
  }
}
