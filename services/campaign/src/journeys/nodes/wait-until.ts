import type { Tx } from '@renmai/platform/db/db'
import { currentTenant } from '@renmai/platform/db/tenants'
import { timeZone } from '@renmai/platform/serve/zone'
import { z } from 'zod'
import { nodeId, nodeKind } from './node-kind.ts'

/** Waits until a time of day, so that a message does not come at night. */
export const waitUntil = nodeKind({
  type: 'WAIT_UNTIL',
  schema: z.object({
    id: nodeId,
    next: nodeId,
    timeOfDay: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is no time of day such as 09:30'),
    zone: timeZone.nullish(),
  }),
  show: ({ id, next, timeOfDay, zone }) => ({ id, next, timeOfDay, zone }),
  ways: ({ next }) => [next],
  enter: async (tx, { node, entries, now }) => {
    const until = await nextTime(tx, node.timeOfDay, node.zone ?? (await currentTenant(tx)).zone, now)
    return entries.map(() => ({ until }))
  },
  due: (_tx, { node, entries }) => entries.map(() => ({ to: node.next })),
})

/**
 * The next moment, from now on, at which clocks in the zone show the time. PostgreSQL knows when clocks change. A time that
 * a day skips is moved later by as much as the clocks go forward.
 */
async function nextTime(tx: Tx, timeOfDay: string, zone: string, now: Date): Promise<Date> {
  const { rows } = await tx.client.query<{ at: Date }>(
    `SELECT at FROM (SELECT (($1::timestamptz AT TIME ZONE $3)::date + no + $2::time) AT TIME ZONE $3 AS at FROM generate_series(0, 2) no) times
     WHERE at >= $1 ORDER BY at LIMIT 1`,
    [now, timeOfDay, zone],
  )
  return rows[0]!.at
}
