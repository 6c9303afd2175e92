import { insertRows } from '@renmai/platform/db/rows'
import { currentTenant } from '@renmai/platform/db/tenants'
import { on } from '@renmai/platform/events/inbox'
import { TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { behaviourDays } from './fact.table.ts'
import { markProfilesDirty } from './fact.ts'

/** Counts behaviour per profile, type and day in the tenant's zone. */
export const countBehaviour = on(TouchpointsRecordedSchema, 'count-behaviour', async (tx, events) => {
  const { zone } = await currentTenant(tx)
  const dayOf = daysIn(zone)
  const counts = new Map<string, { profileId: string; type: string; day: string; count: number }>()
  for (const { profileId, type, occurredAt } of events.flatMap((event) => event.touchpoints)) {
    const day = dayOf(Number(occurredAt!.seconds))
    const key = `${profileId}|${type}|${day}`
    counts.set(key, { profileId, type, day, count: (counts.get(key)?.count ?? 0) + 1 })
  }
  // Always in one order, so that two batches do not deadlock on each other's rows.
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  await insertRows(tx, behaviourDays, rows, {
    conflict: 'ON CONFLICT (tenant_id, profile_id, type, day) DO UPDATE SET count = behaviour_days.count + excluded.count',
  })
  await markProfilesDirty(
    tx,
    rows.map((row) => row.profileId),
  )
})

const QUARTER_S = 900

/** The day of a time in Unix seconds. Each quarter of an hour is formatted once: midnight of every zone falls between two. */
function daysIn(zone: string): (seconds: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone })
  const known = new Map<number, string>()
  return (seconds) => {
    const quarter = Math.floor(seconds / QUARTER_S)
    const day = known.get(quarter) ?? format.format(quarter * QUARTER_S * 1_000)
    known.set(quarter, day)
    return day
  }
}
