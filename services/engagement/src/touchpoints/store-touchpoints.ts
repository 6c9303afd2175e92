import { type CopyColumn, encodeArray } from '@renmai/platform/db/bulk'
import type { Tx } from '@renmai/platform/db/db'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import type { GoodEvent } from './event.rules.ts'
import { keepClaims } from './keep-claims.ts'
import { keepLeftOut } from './keep-left-out.ts'
import type { KeyWeeks } from './key-weeks.rules.ts'
import { findProfiles, type Person } from './people.ts'
import { type Repeats, takeEventKeys } from './take-event-keys.ts'
import { tellTouchpoints } from './tell-touchpoints.ts'

/** The account and the channel of events. */
export type EventSource = { id: string; channel: string }

export type NewTouchpoint = { event: GoodEvent; id: string; person: Person }
type Attached = NewTouchpoint & { profileId: string | null }

/**
 * Stores events of one source. Events of known profiles are attached and published; the claims of the others wait for
 * identity.
 * @returns message ids of the events that were not stored before
 * @throws the error of isRepeated when there are repeats although `repeats` is NONE
 */
export async function storeTouchpoints(
  tx: Tx,
  keyRing: KeyRing,
  source: EventSource,
  touchpoints: NewTouchpoint[],
  weeks: KeyWeeks,
  repeats: Repeats,
): Promise<Set<string>> {
  if (touchpoints.length === 0) return new Set()
  await findProfiles(
    tx,
    touchpoints.map(({ person }) => person),
  )
  // Rows, claims and events must agree on the profiles, and another request may find a profile in between.
  const attached = touchpoints.map(({ event, id, person }) => ({ event, id, person, profileId: person.profileId }))
  const messageIds = attached.map(({ event }) => event.messageId)
  const unseen = new Set(await takeEventKeys(tx, weeks, source.id, messageIds, repeats))
  const fresh = await insertTouchpoints(
    tx,
    source,
    attached.filter(({ event }) => unseen.has(event.messageId)),
    repeats,
  )
  if (fresh.length === 0) return new Set()
  await keepClaims(
    tx,
    keyRing,
    source.id,
    fresh.filter(({ profileId, event }) => profileId === null || event.claim.attributes.length > 0),
  )
  await keepLeftOut(tx, keyRing, source.id, fresh)
  const { channel } = source
  await tellTouchpoints(
    tx,
    fresh.flatMap(({ id, event: { type, occurredAt, referenceId, details }, profileId }) =>
      profileId ? [{ id, profileId, type, channel, occurredAt, referenceId, details }] : [],
    ),
  )
  return new Set(fresh.map(({ event }) => event.messageId))
}

const INSERT = `
  INSERT INTO touchpoints (tenant_id, id, source_id, message_id, profile_id, identity_key, type, channel, occurred_at, reference_id, properties, details)
  SELECT $1, e.id, $2, e.message_id, e.profile_id, e.identity_key, e.type, $3, e.occurred_at, e.reference_id, e.properties, e.details
  FROM unnest($4::uuid[], $5::text[], $6::uuid[], $7::bytea[], $8::text[], $9::timestamptz[], $10::uuid[], $11::jsonb[], $12::jsonb[])
    AS e (id, message_id, profile_id, identity_key, type, occurred_at, reference_id, properties, details)`

/** @returns the touchpoints that no replica of the previous release has stored */
async function insertTouchpoints(tx: Tx, source: EventSource, touchpoints: Attached[], repeats: Repeats): Promise<Attached[]> {
  if (touchpoints.length === 0) return []
  const column = (type: CopyColumn['type'], pick: (one: Attached) => unknown) => encodeArray(type, touchpoints.map(pick))
  const values = [
    tx.tenantId,
    source.id,
    source.channel,
    column('uuid', (one) => one.id),
    column('text', (one) => one.event.messageId),
    column('uuid', (one) => one.profileId),
    column('bytea', (one) => one.person.key),
    column('text', (one) => one.event.type),
    column('timestamptz', (one) => one.event.occurredAt),
    column('uuid', (one) => one.event.referenceId),
    column('jsonb', (one) => one.event.properties),
    column('jsonb', (one) => one.event.details),
  ]
  if (repeats === 'NONE') {
    await tx.client.query({ name: 'insert-touchpoints', text: INSERT, values })
    return touchpoints
  }
  const { rows } = await tx.client.query<{ id: string }>({
    name: 'insert-new-touchpoints',
    text: `${INSERT} ON CONFLICT DO NOTHING RETURNING id`,
    values,
  })
  const inserted = new Set(rows.map((row) => row.id))
  return touchpoints.filter(({ id }) => inserted.has(id))
}
