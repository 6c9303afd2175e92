import type { Tx } from '@renmai/platform/db/db'
import { attributeFailure } from './attribute.failures.ts'

/** Fields of a tenant. Each reading of a batch reads all of them. */
const MAX_FIELDS = 1_000

/** No two fields of a tenant get one key concurrently. */
export const lockKeys = (tx: Tx) => tx.client.query("SELECT pg_advisory_xact_lock(hashtext('fields'), hashtext($1))", [tx.tenantId])

type Field = { readonly id: string; readonly key: string }

/**
 * A key or an alias leads to one field, archived or not. The caller holds the lock of the keys.
 * @throws AppError CONFLICT for an alias that is a key or an alias of another field, or the key of this one
 */
export async function requireFreeAliases(tx: Tx, { id, key }: Field, aliases: readonly string[]): Promise<void> {
  const { rows } = await tx.client.query<{ alias: string }>(
    `SELECT alias FROM unnest($2::text[]) AS alias WHERE alias = $4 OR EXISTS (
       SELECT 1 FROM fields f WHERE f.tenant_id = $1 AND f.id <> $3 AND (f.key = alias OR alias = ANY(f.aliases))) LIMIT 1`,
    [tx.tenantId, aliases, id, key],
  )
  if (rows[0]) throw attributeFailure('ATTRIBUTE_ALIAS_TAKEN', 'aliases', { alias: rows[0].alias })
}

/** @throws AppError CONFLICT for a key that is an alias of a field, and when the tenant has as many fields as it may */
export async function requireRoom(tx: Tx, key: string): Promise<void> {
  const { rows } = await tx.client.query<{ n: number; isAlias: boolean }>(
    'SELECT count(*)::int AS n, coalesce(bool_or($2 = ANY(aliases)), false) AS "isAlias" FROM fields WHERE tenant_id = $1',
    [tx.tenantId, key],
  )
  if (rows[0]!.isAlias) throw attributeFailure('ATTRIBUTE_KEY_TAKEN', 'key', { key })
  if (rows[0]!.n >= MAX_FIELDS) throw attributeFailure('ATTRIBUTE_FIELDS_FULL', undefined, { most: MAX_FIELDS })
}
