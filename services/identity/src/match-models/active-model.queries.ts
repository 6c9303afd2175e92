import type { Tx } from '@renmai/platform/db/db'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import type { Model } from '../matching/model.rules.ts'
import { openModel } from './open-model.ts'

/** The model by which a tenant compares profiles now. */
export type ActiveModel = {
  readonly id: string
  readonly number: number
  readonly lower: number
  readonly upper: number
  readonly model: Model
}

/** @returns undefined while no model is active */
export async function activeModel(tx: Tx, ring: KeyRing): Promise<ActiveModel | undefined> {
  const { rows } = await tx.client.query<Omit<ActiveModel, 'model'>>(
    "SELECT id, number, lower, upper FROM match_models WHERE tenant_id = $1 AND state = 'ACTIVE'",
    [tx.tenantId],
  )
  return rows[0] && { ...rows[0], model: await openModel(tx, ring, rows[0].id) }
}
