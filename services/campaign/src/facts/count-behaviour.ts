import { encodeArray } from '@renmai/platform/db/bulk'
import type { Tx } from '@renmai/platform/db/db'
import { currentTenant } from '@renmai/platform/db/tenants'
import { on } from '@renmai/platform/events/inbox'
import { type Touchpoint, TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { profileNumbersOf, typeNumbersOf } from '../numbers/number.ts'
import { markSharedDirty, shareMapping } from './fact.ts'

/** Counts behaviour per profile, type and day in the tenant's zone. */
export const countBehaviour = on(TouchpointsRecordedSchema, 'count-behaviour', async (tx, events) => {
  const { zone } = await currentTenant(tx)
  const counts = countsOf(
    events.flatMap((event) => event.touchpoints),
    daysIn(zone),
  )
  await shareMapping(tx)
  const unknown = await add(tx, counts)
  if (unknown.length > 0) {
    await profileNumbersOf(
      tx,
      unknown.map(({ profileId }) => profileId),
    )
    await typeNumbersOf(
      tx,
      unknown.map(({ type }) => type),
    )
    await add(tx, counts)
  }
  await markSharedDirty(tx, [...new Set(counts.map(({ profileId }) => profileId))])
})

type Count = { profileId: string; type: string; day: string; count: number }

function countsOf(touchpoints: readonly Touchpoint[], dayOf: (seconds: number) => string): Count[] {
  const counts = new Map<string, Count>()
  for (const { profileId, type, occurredAt } of touchpoints) {
    const day = dayOf(Number(occurredAt!.seconds))
    const key = `${profileId}|${day}|${type}`
    const known = counts.get(key)
    if (known) known.count++
    else counts.set(key, { profileId, type, day, count: 1 })
  }
  return [...counts.values()]
}

/**
 * Numbers are looked up where the counts are stored: nearly all are known, and to fetch them costs more than to use them. Nothing is added
 * while one is unknown. Always in one order, so that two batches do not deadlock on each other's rows. Without the list of profiles the
 * planner would join with the whole table of numbers.
 */
const ADD = `WITH profiles AS MATERIALIZED (
    SELECT profile_id, no FROM profile_numbers WHERE tenant_id = $1 AND profile_id = ANY($2::uuid[])
  ), seen AS MATERIALIZED (
    SELECT r.*, p.no AS profile_no, t.no AS type_no
    FROM unnest($2::uuid[], $3::text[], $4::date[], $5::int4[]) AS r (profile_id, type, day, count)
    LEFT JOIN profiles p USING (profile_id) LEFT JOIN type_numbers t ON t.tenant_id = $1 AND t.type = r.type
  ), unknown AS MATERIALIZED (SELECT profile_id, type FROM seen WHERE profile_no IS NULL OR type_no IS NULL
  ), added AS (
    INSERT INTO behaviour_days (tenant_id, profile_no, type_no, day, count)
    SELECT $1, profile_no, type_no, day, count FROM seen WHERE NOT EXISTS (SELECT FROM unknown) ORDER BY profile_no, type_no, day
    ON CONFLICT (tenant_id, profile_no, type_no, day) DO UPDATE SET count = behaviour_days.count + excluded.count
  ) SELECT profile_id AS "profileId", type FROM unknown`

/** @returns counts of which the profile or the type has no number; when there are any, nothing was added */
async function add(tx: Tx, counts: readonly Count[]): Promise<Pick<Count, 'profileId' | 'type'>[]> {
  if (counts.length === 0) return []
  const { rows } = await tx.client.query<Pick<Count, 'profileId' | 'type'>>(ADD, [
    tx.tenantId,
    encodeArray(
      'uuid',
      counts.map(({ profileId }) => profileId),
    ),
    encodeArray(
      'text',
      counts.map(({ type }) => type),
    ),
    encodeArray(
      'date',
      counts.map(({ day }) => day),
    ),
    encodeArray(
      'int4',
      counts.map(({ count }) => count),
    ),
  ])
  return rows
}

const QUARTER_S = 900

/** The day of a time in Unix seconds. Each quarter of an hour is formatted once: midnight of every zone falls between two. */
function daysIn(zone: string): (seconds: number) => string {
  const format = formatOf(zone)
  const known = new Map<number, string>()
  return (seconds) => {
    const quarter = Math.floor(seconds / QUARTER_S)
    const day = known.get(quarter) ?? format.format(quarter * QUARTER_S * 1_000)
    known.set(quarter, day)
    return day
  }
}

/** A format takes as long to create as ten thousand days to look up; there are few zones. */
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone })
  formats.set(zone, format)
  return format
}
