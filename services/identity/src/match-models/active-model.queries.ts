import type { Tx } from '@renmai/platform/db/db'
import { type KeyRing, open } from '@renmai/platform/secrets/crypto'
import type { Model } from '../matching/model.rules.ts'

/** The model by which a tenant compares profiles now. */
export type ActiveModel = {
  readonly id: string
  readonly number: number
  readonly lower: number
  readonly upper: number
  readonly model: Model
}

/** Opened models by their ids. A model never changes; one of a large tenant takes some megabytes. */
const opened = new Map<string, Model>()
const MOST_OPENED = 8

/** @returns undefined while no model is active */
export async function activeModel(tx: Tx, ring: KeyRing): Promise<ActiveModel | undefined> {
  const { rows } = await tx.client.query<Omit<ActiveModel, 'model'>>(
    "SELECT id, number, lower, upper FROM match_models WHERE tenant_id = $1 AND state = 'ACTIVE'",
    [tx.tenantId],
  )
  return rows[0] && { ...rows[0], model: await openModel(tx, ring, rows[0].id) }
}

/** Where the parameters of a model are sealed to. */
export const modelPlace = (id: string) => `match_models.sealed|${id}`

/** The parameters of a model. */
export async function openModel(tx: Tx, ring: KeyRing, id: string): Promise<Model> {
  const known = opened.get(id)
  if (known) return known
  const { rows } = await tx.client.query<{ sealed: Buffer }>('SELECT sealed FROM match_models WHERE tenant_id = $1 AND id = $2', [
    tx.tenantId,
    id,
  ])
  const model = JSON.parse(open(ring, tx.tenantId, modelPlace(id), rows[0]!.sealed)) as Model
  if (opened.size >= MOST_OPENED) opened.delete(opened.keys().next().value!)
  opened.set(id, model)
  return model
}
