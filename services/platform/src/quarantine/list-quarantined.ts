import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import { withTenant } from '../db/db.ts'
import { anyOf, before, type Conditions, equals, from, matching } from '../db/filters.ts'
import { tenantLoader } from '../db/loader.ts'
import { type ListArgs, readPage } from '../db/read-page.ts'
import { rowsById, rowsOf } from '../db/rows-by-id.ts'
import type { BaseContext } from '../serve/mutate.ts'
import type { Connection, Cursors } from '../serve/page.ts'
import { type QuarantinedItem, quarantineActions, quarantinedItems, quarantineReplays } from './quarantine.table.ts'

type Given<T> = T | null | undefined

/** `QuarantineFilter` of the SDL. */
export type QuarantineFilter = {
  kinds?: Given<readonly string[]>
  reasons?: Given<readonly string[]>
  states?: Given<readonly QuarantinedItem['state'][]>
  source?: Given<string>
  subject?: Given<string>
  waitingFrom?: Given<string | Date>
  waitingBefore?: Given<string | Date>
}

type Listing = BaseContext & { readonly cursors: Cursors }

const { kind, reason, state, source, subject, waitingSince } = quarantinedItems
const CONDITIONS: Conditions<QuarantineFilter> = {
  kinds: anyOf(kind),
  reasons: anyOf(reason),
  states: anyOf(state),
  source: equals(source),
  subject: equals(subject),
  waitingFrom: from(waitingSince),
  waitingBefore: before(waitingSince),
}

const MAX_GROUPS = 200
const MAX_ACTIONS = 50

/** A page of what was set aside, newest first unless the arguments state another order. */
export function listQuarantined(
  ctx: Listing,
  { filter, ...args }: ListArgs & { filter?: Given<QuarantineFilter> },
): Promise<Connection<QuarantinedItem>> {
  const table = quarantinedItems
  return readPage(ctx, args, {
    table,
    by: table.id,
    order: 'desc',
    orders: { CREATED_AT: table.id, WAITING_SINCE: table.waitingSince },
    where: quarantinedBy(filter),
  })
}

/** @throws AppError INVALID that names the field of the filter */
export const quarantinedBy = (filter: Given<QuarantineFilter>): SQL | undefined => matching<QuarantineFilter>(CONDITIONS, filter)

/** Numbers of waiting items by kind and reason, the largest first. */
export function countQuarantined({ db, viewer }: BaseContext) {
  const { tenantId } = quarantinedItems
  const oldestWaitingSince = sql<Date>`min(${waitingSince})`.mapWith(waitingSince)
  return withTenant(db, viewer.tenantId, (tx) =>
    tx
      .select({ kind, reason, items: sql<number>`count(*)::int`, oldestWaitingSince })
      .from(quarantinedItems)
      .where(and(eq(tenantId, viewer.tenantId), eq(state, 'WAITING')))
      .groupBy(kind, reason)
      .orderBy(desc(sql`count(*)`), kind, reason)
      .limit(MAX_GROUPS),
  )
}

export type Progress = { done: number; failed: number; remaining: number }

export const quarantineLoaders = (ctx: BaseContext) => ({
  quarantinedItem: rowsById(ctx, quarantinedItems),
  quarantineReplay: rowsById(ctx, quarantineReplays),
  quarantineActions: rowsOf(ctx, {
    table: quarantineActions,
    of: (id) => eq(quarantineActions.itemId, id),
    order: desc(quarantineActions.id),
    perParent: MAX_ACTIONS,
  }),
  quarantineProgress: tenantLoader<Progress>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<Progress & { id: string }>(
      `SELECT replay_id AS id, (count(*) FILTER (WHERE state <> 'WAITING'))::int AS done,
         (count(*) FILTER (WHERE state = 'WAITING' AND replaying_since IS NULL))::int AS failed,
         (count(*) FILTER (WHERE state = 'WAITING' AND replaying_since IS NOT NULL))::int AS remaining
       FROM quarantined_items WHERE tenant_id = $1 AND replay_id = ANY($2) GROUP BY replay_id`,
      [tx.tenantId, ids],
    )
    return new Map(rows.map((row) => [row.id, row]))
  }),
})
