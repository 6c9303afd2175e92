import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { type Handler, on } from '@renmai/platform/events/inbox'
import { publish } from '@renmai/platform/events/outbox'
import { idFrom } from '@renmai/platform/serve/ids'
import { JourneyEnteredSchema } from '@renmai/proto/campaign/v1/events'
import { and, eq, inArray } from 'drizzle-orm'
import { shareMapping } from '../facts/fact.ts'
import { type Journey, journeyEntries, journeys } from './journey.table.ts'
import { lockJourney } from './journey.ts'
import { triggerKinds } from './triggers.ts'

/** Handlers that let customers enter journeys, one per trigger. */
export const enterJourneys: Handler[] = triggerKinds.map(({ listensTo, reaction, entries }) =>
  on(listensTo, reaction, async (tx, events) => {
    const entering = await entries(tx, events)
    const ids = entering.map(({ journeyId }) => journeyId)
    const started = await tx
      .select()
      .from(journeys)
      .where(and(eq(journeys.tenantId, tx.tenantId), inArray(journeys.id, ids)))
    const byId = new Map(started.map((journey) => [journey.id, journey]))
    // The clock of the database, which also decides what is due.
    const { rows } = await tx.client.query<{ now: Date }>('SELECT now()')
    for (const { journeyId, customerIds } of entering) await enter(tx, byId.get(journeyId)!, customerIds, rows[0]!.now)
  }),
)

/**
 * Enters customers, each permanently once per journey. This also holds for a person who entered as another customer, when
 * the two were merged since. Only one batch per journey runs at a time, so that two cannot enter one person by two profiles.
 */
export async function enter(tx: Tx, journey: Journey, customerIds: readonly string[], now: Date): Promise<void> {
  await shareMapping(tx)
  await lockJourney(tx, journey.id)
  const { rows } = await tx.client.query<{ profile_id: string }>(
    `SELECT min(m.profile_id::text)::uuid AS profile_id FROM profile_customers m
     WHERE m.tenant_id = $1 AND m.customer_id = ANY($2) AND NOT EXISTS (
       SELECT 1 FROM journey_entries e JOIN profile_customers s ON s.tenant_id = e.tenant_id AND s.profile_id = e.profile_id
       WHERE e.tenant_id = $1 AND e.journey_id = $3 AND s.customer_id = m.customer_id)
     GROUP BY m.customer_id`,
    [tx.tenantId, customerIds, journey.id],
  )
  const entries = rows.map(({ profile_id }) => ({
    id: idFrom('entry', journey.id, profile_id),
    journeyId: journey.id,
    profileId: profile_id,
    nodeId: journey.nodes[0]!.id,
    dueAt: now,
    enteredAt: now,
  }))
  tx.work.add('journey_entries')
  await insertRows(tx, journeyEntries, entries)
  await publish(
    tx,
    JourneyEnteredSchema,
    ...entries.map((entry) => ({ journeyId: journey.id, entryId: entry.id, profileId: entry.profileId, at: timestampFromDate(now) })),
  )
}
