import { type CopyColumn, encodeArray, insertRows } from '@renmai/platform/bulk'
import { seal } from '@renmai/platform/crypto'
import { breaksUnique, type Tx, withTenant } from '@renmai/platform/db'
import { AppError } from '@renmai/platform/errors'
import { newId } from '@renmai/platform/ids'
import type { Worker } from '../context.ts'
import type { Claim } from './claim.ts'
import { checkEvent, type GoodEvent, type RawEvent, type Rejection } from './event.rules.ts'
import type { EventSource } from './event-source.ts'
import { findProfiles, type Person, personOf } from './people.ts'
import { tellTouchpoints } from './tell-touchpoints.ts'

export type IngestResult = { messageId: string; status: 'ACCEPTED' | 'DUPLICATE' | 'REJECTED'; reason?: string; pointer?: string }
export type IngestAnswer = { results: IngestResult[]; accepted: number; duplicates: number; rejected: number }

const MAX_EVENTS = 1_000

type Stored = { event: GoodEvent; id: string; person: Person }

/**
 * Takes a batch in. What is answered as accepted is committed; what was there before is a duplicate; a bad event is
 * rejected alone. People who are known are attached at once, the others as soon as identity answers.
 */
export async function ingestEvents(
  worker: Omit<Worker, 'relayDb'>,
  tenantId: string,
  source: EventSource,
  events: readonly RawEvent[],
): Promise<IngestAnswer> {
  if (!Array.isArray(events) || events.length === 0 || events.length > MAX_EVENTS)
    throw new AppError('INVALID', `Send 1 to ${MAX_EVENTS} events`, { events: `1 to ${MAX_EVENTS}` })
  const now = worker.now()
  const checked = events.map((event) => checkEvent(event, `events:${source.id}`, now))
  const good = checked.filter((one): one is GoodEvent => 'claim' in one)
  const stored = toStored(worker, tenantId, good)
  const take = (repeats: Repeats) => withTenant(worker.db, tenantId, (tx) => store(tx, worker, source, stored, repeats))
  const fresh = await take('NONE').catch((error) => {
    if (breaksUnique(error, 'touchpoints_once')) return take('SOME')
    throw error
  })
  return summarise(events, checked, fresh)
}

/**
 * Whether some of the events may be there already. Nearly every batch is new as a whole, and ON CONFLICT costs a fifth
 * of the database's time (it looks each row up first, and locks it), so it is kept for batches that prove not to be.
 */
type Repeats = 'NONE' | 'SOME'

/** Of one message id in a batch the first counts. */
function toStored({ keyRing }: Omit<Worker, 'relayDb'>, tenantId: string, good: GoodEvent[]): Stored[] {
  const byMessage = new Map<string, Stored>()
  for (const event of good) {
    if (byMessage.has(event.messageId)) continue
    byMessage.set(event.messageId, { event, id: newId(), person: personOf(keyRing, tenantId, event.claim) })
  }
  return [...byMessage.values()]
}

async function store(
  tx: Tx,
  worker: Omit<Worker, 'relayDb'>,
  source: EventSource,
  stored: Stored[],
  repeats: Repeats,
): Promise<Set<string>> {
  if (stored.length === 0) return new Set()
  await findProfiles(
    tx,
    stored.map(({ person }) => person),
  )
  const fresh = await insertTouchpoints(tx, source, stored, repeats)
  await keepClaims(
    tx,
    worker,
    source.id,
    fresh.filter(({ person, event }) => person.profileId === null || event.claim.attributes.length > 0),
  )
  const { channel } = source.credentials
  await tellTouchpoints(
    tx,
    fresh.flatMap(({ id, event: { type, occurredAt, referenceId }, person: { profileId } }) =>
      profileId ? [{ id, profileId, type, channel, occurredAt, referenceId }] : [],
    ),
  )
  return new Set(fresh.map(({ event }) => event.messageId))
}

const INSERT = `
  INSERT INTO touchpoints (tenant_id, id, source_id, message_id, profile_id, identity_key, type, channel, occurred_at, reference_id, properties)
  SELECT $1, e.id, $2, e.message_id, e.profile_id, e.identity_key, e.type, $3, e.occurred_at, e.reference_id, e.properties
  FROM unnest($4::uuid[], $5::text[], $6::uuid[], $7::bytea[], $8::text[], $9::timestamptz[], $10::uuid[], $11::jsonb[])
    AS e (id, message_id, profile_id, identity_key, type, occurred_at, reference_id, properties)`

/** @returns those that were not there before */
async function insertTouchpoints(tx: Tx, source: EventSource, stored: Stored[], repeats: Repeats): Promise<Stored[]> {
  const column = (type: CopyColumn['type'], pick: (one: Stored) => unknown) => encodeArray(type, stored.map(pick))
  const values = [
    tx.tenantId,
    source.id,
    source.credentials.channel,
    column('uuid', (one) => one.id),
    column('text', (one) => one.event.messageId),
    column('uuid', (one) => one.person.profileId),
    column('bytea', (one) => one.person.key),
    column('text', (one) => one.event.type),
    column('timestamptz', (one) => one.event.occurredAt),
    column('uuid', (one) => one.event.referenceId),
    column('jsonb', (one) => one.event.properties),
  ]
  if (repeats === 'NONE') {
    await tx.client.query({ name: 'insert-touchpoints', text: INSERT, values })
    return stored
  }
  const { rows } = await tx.client.query<{ id: string }>({
    name: 'insert-new-touchpoints',
    text: `${INSERT} ON CONFLICT (tenant_id, source_id, message_id) DO NOTHING RETURNING id`,
    values,
  })
  const inserted = new Set(rows.map((row) => row.id))
  return stored.filter(({ id }) => inserted.has(id))
}

async function keepClaims(tx: Tx, { keyRing }: Omit<Worker, 'relayDb'>, accountId: string, fresh: Stored[]): Promise<void> {
  const newest = new Map<string, { key: Buffer; claim: Claim }>(
    fresh.map(({ person: { key, externalId }, event: { claim, occurredAt } }) => [
      key.toString('hex'),
      { key, claim: { ...claim, externalId, observedAt: occurredAt.toISOString() } },
    ]),
  )
  const rows = [...newest].map(([hex, { key, claim }]) => ({
    identity_key: key,
    account_id: accountId,
    claim: seal(keyRing, tx.tenantId, claimPlace(hex), JSON.stringify(claim)),
  }))
  await insertRows(tx, 'pending_claims', { identity_key: 'bytea', account_id: 'uuid', claim: 'bytea' }, rows, {
    conflict: `ON CONFLICT (tenant_id, identity_key) DO UPDATE SET claim = excluded.claim, revision = pending_claims.revision + 1, problem = NULL`,
  })
}

export const claimPlace = (identityKeyHex: string) => `pending_claims.claim|${identityKeyHex}`

function summarise(events: readonly RawEvent[], checked: (GoodEvent | Rejection)[], fresh: Set<string>): IngestAnswer {
  const seen = new Set<string>()
  const results = checked.map((one, index): IngestResult => {
    if (!('claim' in one))
      return {
        messageId: String(events[index]?.messageId ?? '').slice(0, 128),
        status: 'REJECTED',
        reason: one.reason,
        pointer: `/events/${index}${one.pointer}`,
      }
    const isFirst = !seen.has(one.messageId)
    seen.add(one.messageId)
    return { messageId: one.messageId, status: isFirst && fresh.has(one.messageId) ? 'ACCEPTED' : 'DUPLICATE' }
  })
  const count = (status: IngestResult['status']) => results.filter((result) => result.status === status).length
  return { results, accepted: count('ACCEPTED'), duplicates: count('DUPLICATE'), rejected: count('REJECTED') }
}
