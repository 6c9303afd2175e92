import type { Tx } from '@renmai/platform/db/db'
import { type KeyRing, open } from '@renmai/platform/secrets/crypto'
import type { Model } from '../matching/model.rules.ts'

/** Where the parameters of a model are sealed to. */
export const modelPlace = (id: string) => `match_models.sealed|${id}`

/** Opened models by tenant and id, for as long as the key ring that opens them. A model never changes; one of a large tenant takes some megabytes. */
const opened = new WeakMap<KeyRing, Map<string, Model>>()
const MOST_OPENED = 8

/** The parameters of a model of the transaction's tenant. */
export async function openModel(tx: Tx, ring: KeyRing, id: string): Promise<Model> {
  const models = opened.get(ring) ?? new Map<string, Model>()
  opened.set(ring, models)
  const name = `${tx.tenantId}|${id}`
  const known = models.get(name)
  if (known) return known
  const { rows } = await tx.client.query<{ sealed: Buffer }>('SELECT sealed FROM match_models WHERE tenant_id = $1 AND id = $2', [
    tx.tenantId,
    id,
  ])
  const model = JSON.parse(open(ring, tx.tenantId, modelPlace(id), rows[0]!.sealed)) as Model
  if (models.size >= MOST_OPENED) models.delete(models.keys().next().value!)
  models.set(name, model)
  return model
}
