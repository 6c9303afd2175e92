import type { Tx } from '@renmai/platform/db/db'
import { all, insertRows, insertRowsReturning, readRow } from '@renmai/platform/db/rows'
import { publish } from '@renmai/platform/events/outbox'
import { newId } from '@renmai/platform/serve/ids'
import { CategoriesChangedSchema } from '@renmai/proto/engagement/v1/events'
import type { IncomingCategory } from '../connectors/incoming.ts'
import { applyCategory, bareCategory, type CategoryKey, distinctKeys, type KnownCategory, keyOf } from './category.rules.ts'
import { categories } from './category.table.ts'
import { categoryFact } from './category-fact.ts'

/** Categories of one message: it stays far below what the bus takes. */
const BATCH = 500

/**
 * Stores states of categories that are newer than the known ones, and publishes what is new or changed.
 * @param named categories of which only the code is known, as an order line names them
 */
export async function storeCategories(tx: Tx, named: readonly CategoryKey[], states: readonly IncomingCategory[] = []): Promise<void> {
  const made = await makeKnown(tx, distinctKeys([...named, ...states]))
  const changed = new Map(made.map((one) => [keyOf(one), one]))
  for (const one of await applyStates(tx, states)) changed.set(keyOf(one), one)
  const news = [...changed.values()]
  for (let from = 0; from < news.length; from += BATCH)
    await publish(tx, CategoriesChangedSchema, { categories: news.slice(from, from + BATCH).map(categoryFact) })
}

/** @returns those that were not known */
async function makeKnown(tx: Tx, keys: readonly CategoryKey[]): Promise<KnownCategory[]> {
  const unknown = await withoutKnown(tx, keys)
  return insertRowsReturning(
    tx,
    categories,
    unknown.map((key) => bareCategory(key, newId())),
  )
}

/** Nearly all are known: reading them costs less than an insertion that changes nothing, and waits for nobody. */
async function withoutKnown(tx: Tx, keys: readonly CategoryKey[]): Promise<readonly CategoryKey[]> {
  if (keys.length === 0) return keys
  const { rows } = await tx.client.query<CategoryKey>(
    `SELECT platform, shop_id AS "shopId", code FROM categories WHERE ${ARE_THESE}`,
    parametersOf(tx, keys),
  )
  const known = new Set(rows.map(keyOf))
  return keys.filter((key) => !known.has(keyOf(key)))
}

async function applyStates(tx: Tx, states: readonly IncomingCategory[]): Promise<KnownCategory[]> {
  if (states.length === 0) return []
  const { rows } = await tx.client.query<Record<string, unknown>>(
    `SELECT ${all(categories)} FROM categories WHERE ${ARE_THESE} ORDER BY platform, shop_id, code FOR UPDATE`,
    parametersOf(tx, distinctKeys(states)),
  )
  const known = new Map(rows.map((row) => withoutTenant(readRow(categories, row))).map((one) => [keyOf(one), one]))
  const now = new Map(known)
  for (const state of states) now.set(keyOf(state), applyCategory(now.get(keyOf(state))!, state))
  const newer = [...now].filter(([key, one]) => known.get(key) !== one).map(([, one]) => one)
  await insertRows(tx, categories, newer, { newest: 'version' })
  return newer.filter((one) => one.version > known.get(keyOf(one))!.version)
}

const withoutTenant = ({ tenantId: _tenant, ...row }: typeof categories.$inferSelect): KnownCategory => row

const ARE_THESE = 'tenant_id = $1 AND (platform, shop_id, code) IN (SELECT * FROM unnest($2::text[], $3::text[], $4::text[]))'

const parametersOf = ({ tenantId }: Tx, keys: readonly CategoryKey[]) => [
  tenantId,
  keys.map(({ platform }) => platform),
  keys.map(({ shopId }) => shopId),
  keys.map(({ code }) => code),
]
