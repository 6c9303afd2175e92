import { insertRows } from '@renmai/platform/db/rows'
import { currentTenant } from '@renmai/platform/db/tenants'
import { on } from '@renmai/platform/events/inbox'
import { TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { profileNumbersOf, typeNumbersOf } from '../numbers/number.ts'
import { behaviourDays } from './fact.table.ts'
import { markProfilesDirty, shareMapping } from './fact.ts'

/** Counts behaviour per profile, type and day in the tenant's zone. */
export const countBehaviour = on(TouchpointsRecordedSchema, 'count-behaviour', async (tx, events) => {
  const { zone } = await currentTenant(tx)
  const touchpoints = events.flatMap((event) => event.touchpoints)
  const profileIds = touchpoints.map(({ profileId }) => profileId)
  await shareMapping(tx)
  const profileNoOf = await profileNumbersOf(tx, profileIds)
  const typeNoOf = await typeNumbersOf(
    tx,
    touchpoints.map(({ type }) => type),
  )
  const dayOf = daysIn(zone)
  const seen = touchpoints.map(({ profileId, type, occurredAt }) => ({
    profileNo: profileNoOf(profileId),
    typeNo: typeNoOf(type),
    day: dayOf(Number(occurredAt!.seconds)),
  }))
  await insertRows(tx, behaviourDays, countsOf(seen), {
    conflict: 'ON CONFLICT (tenant_id, profile_no, type_no, day) DO UPDATE SET count = behaviour_days.count + excluded.count',
  })
  await markProfilesDirty(tx, [...new Set(profileIds)])
})

type Seen = { profileNo: number; typeNo: number; day: string }

/** Always in one order, so that two batches do not deadlock on each other's rows. */
function countsOf(seen: readonly Seen[]): (Seen & { count: number })[] {
  const keyed = Map.groupBy(seen, ({ profileNo, typeNo, day }) => `${profileNo}|${typeNo}|${day}`)
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, all]) => ({ ...all[0]!, count: all.length }))
}

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
