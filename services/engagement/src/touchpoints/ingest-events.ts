import { insertRows, stage } from '@renmai/platform/bulk'
import { blindIndex, seal } from '@renmai/platform/crypto'
import { breaksUnique, type Tx, withTenant } from '@renmai/platform/db'
import { AppError } from '@renmai/platform/errors'
import { newId } from '@renmai/platform/ids'
import type { OpenAccount } from '../channels/credentials.ts'
import type { Worker } from '../context.ts'
import { type Claim, identityKey } from './claim.ts'
import { checkEvent, type GoodEvent, type RawEvent, type Rejection } from './event.rules.ts'
import { tellTouchpoints } from './tell-touchpoints.ts'

export type IngestResult = { messageId: string; status: 'ACCEPTED' | 'DUPLICATE' | 'REJECTED'; reason?: string; pointer?: string }
export type IngestAnswer = { results: IngestResult[]; accepted: number; duplicates: number; rejected: number }

/** The account that events come by. */
export type EventSource = OpenAccount<'EVENT_API'>

const MAX_EVENTS = 500

type Stored = { event: GoodEvent; id: string; key: Buffer }

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

/** Names profiles by a keyed hash, so that no phone number becomes an id; of one message id in a batch the first counts. */
function toStored({ keyRing }: Omit<Worker, 'relayDb'>, tenantId: string, good: GoodEvent[]): Stored[] {
  const byMessage = new Map<string, Stored>()
  for (const event of good) {
    if (byMessage.has(event.messageId)) continue
    event.claim.externalId = blindIndex(keyRing, tenantId, 'external_id', event.claim.externalId).toString('base64url')
    byMessage.set(event.messageId, { event, id: newId(), key: identityKey(keyRing, tenantId, event.claim) })
  }
  return [...byMessage.values()]
}

const STAGED = [
  { name: 'id', type: 'uuid' },
  { name: 'message_id', type: 'text' },
  { name: 'identity_key', type: 'bytea' },
  { name: 'type', type: 'text' },
  { name: 'occurred_at', type: 'timestamptz' },
  { name: 'reference_id', type: 'uuid' },
  { name: 'properties', type: 'jsonb' },
] as const

const INSERT = `
  INSERT INTO touchpoints (tenant_id, id, source_id, message_id, profile_id, identity_key, type, channel, occurred_at, reference_id, properties)
  SELECT $1, s.id, $2, s.message_id, k.profile_id, s.identity_key, s.type, $3, s.occurred_at, s.reference_id, s.properties
  FROM staged_touchpoints s LEFT JOIN profile_keys k ON k.tenant_id = $1 AND k.identity_key = s.identity_key`

async function store(
  tx: Tx,
  worker: Omit<Worker, 'relayDb'>,
  { id: sourceId, credentials: { channel } }: EventSource,
  stored: Stored[],
  repeats: Repeats,
): Promise<Set<string>> {
  if (stored.length === 0) return new Set()
  await stage(
    tx,
    'staged_touchpoints',
    [...STAGED],
    stored.map(({ event, id, key }) => [id, event.messageId, key, event.type, event.occurredAt, event.referenceId, event.properties]),
  )
  const { rows } = await tx.client.query<{ id: string; profile_id: string | null }>({
    name: `insert-touchpoints-${repeats}`,
    text: INSERT + (repeats === 'SOME' ? ' ON CONFLICT (tenant_id, source_id, message_id) DO NOTHING' : '') + ' RETURNING id, profile_id',
    values: [tx.tenantId, sourceId, channel],
  })
  const profileOf = new Map(rows.map((row) => [row.id, row.profile_id]))
  const fresh = stored.filter(({ id }) => profileOf.has(id))
  await keepClaims(
    tx,
    worker,
    sourceId,
    fresh.filter(({ id, event }) => profileOf.get(id) === null || event.claim.attributes.length > 0),
  )
  await tellTouchpoints(
    tx,
    fresh.flatMap(({ id, event }) => {
      const profileId = profileOf.get(id)
      return profileId ? [{ id, profileId, type: event.type, channel, occurredAt: event.occurredAt, referenceId: event.referenceId }] : []
    }),
  )
  return new Set(fresh.map(({ event }) => event.messageId))
}

async function keepClaims(tx: Tx, { keyRing }: Omit<Worker, 'relayDb'>, accountId: string, fresh: Stored[]): Promise<void> {
  const newest = new Map<string, { key: Buffer; claim: Claim }>(
    fresh.map(({ key, event }) => [key.toString('hex'), { key, claim: event.claim }]),
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
