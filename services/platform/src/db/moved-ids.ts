import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { timeOfId } from '../serve/ids.ts'
import type { BaseContext } from '../serve/mutate.ts'
import { tenantLoader } from './loader.ts'
import { CURRENT_TENANT } from './protect-tables.ts'
import type { TenantTable } from './rows.ts'

/** Objects that became part of others: `to` is the object that `from` is part of, and null while it stands for itself. */
export type MovedIds = { readonly table: TenantTable; readonly from: PgColumn; readonly to: PgColumn }

const rowsOf = ({ table }: MovedIds): SQL => sql`${table} WHERE ${table.tenantId} = ${sql.raw(CURRENT_TENANT)}`

/**
 * The id of the object that an object is part of now, over any number of moves; its own id when it is part of none.
 * Events may arrive in another order, so that moves form a circle for a moment: each id is visited once.
 * @param id of type uuid
 */
export const followed = (moved: MovedIds, id: SQL): SQL =>
  sql`coalesce((WITH RECURSIVE chain (id) AS (
    SELECT ${id} UNION SELECT ${moved.to} FROM chain, ${rowsOf(moved)} AND ${moved.from} = chain.id AND ${moved.to} IS NOT NULL
  ) SELECT chain.id FROM chain WHERE NOT EXISTS (
    SELECT 1 FROM ${rowsOf(moved)} AND ${moved.from} = chain.id AND ${moved.to} IS NOT NULL) LIMIT 1), ${id})`

/** A query of the ids of an object and of all that are part of it now. @param id of type uuid */
export const partsOf = (moved: MovedIds, id: SQL): SQL =>
  sql`WITH RECURSIVE parts (id) AS (
    SELECT ${id} UNION SELECT ${moved.from} FROM parts, ${rowsOf(moved)} AND ${moved.to} = parts.id
  ) SELECT parts.id FROM parts`

/** Follows the ids of one request in one statement. */
export function follower(ctx: BaseContext, moved: MovedIds): (id: string) => Promise<string> {
  const loader = tenantLoader<string>(ctx, async (tx, ids) => {
    const { rows } = await tx.execute<{ id: string; now: string }>(
      sql`SELECT given.id, ${followed(moved, sql.raw('given.id'))} AS now FROM unnest(${sql.param([...ids])}::uuid[]) AS given (id)`,
    )
    return new Map(rows.map(({ id, now }) => [id, now]))
  })
  return async (id) => (await loader.load(id)) ?? id
}

/**
 * The version of a move. An event of an earlier release has none: it is older than all that have one, and the time in its id
 * puts it in order with others of its kind.
 * @param id version 7 id of the decision
 */
export const versionOfMove = (version: bigint, id: string): number =>
  version > 0n ? Number(version) : timeOfId(id).getTime() - Number.MAX_SAFE_INTEGER
