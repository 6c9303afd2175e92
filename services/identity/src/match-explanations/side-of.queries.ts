import type { Tx } from '@renmai/platform/db/db'
import { z } from 'zod'
import { survivorsOf } from '../customers/customer.ts'
import { matchFailure } from './match-explanation.failures.ts'

/** `MatchSubjectInput` of the SDL. */
export const Subject = z
  .object({ profileId: z.uuid().nullish(), customerId: z.uuid().nullish() })
  .refine(({ profileId, customerId }) => !profileId !== !customerId, 'has exactly one of profileId, customerId')

/** One side of an explanation: a profile by itself, or those of a customer. */
export type Side = { readonly customerId: string; readonly profileIds: readonly string[] }

/** Profiles of one side that are compared, the oldest ones. */
const MAX_PROFILES = 20

/** @throws AppError NOT_FOUND that names the side */
export async function sideOf(tx: Tx, { profileId, customerId }: z.output<typeof Subject>, field: string): Promise<Side> {
  const survivor = customerId ? (await survivorsOf(tx, [customerId])).get(customerId)?.id : undefined
  const { rows } = await tx.client.query<{ id: string; customerId: string }>(
    `SELECT id, customer_id AS "customerId" FROM profiles WHERE tenant_id = $1 AND ($2::uuid IS NOT NULL AND id = $2 OR customer_id = $3)
     ORDER BY id LIMIT ${MAX_PROFILES}`,
    [tx.tenantId, profileId ?? null, survivor ?? null],
  )
  if (!rows[0]) throw matchFailure('MATCH_SUBJECT_NOT_FOUND', field)
  return { customerId: rows[0].customerId, profileIds: rows.map(({ id }) => id) }
}
