import { withTenant } from '@renmai/platform/db/db'
import { crashPoint } from '@renmai/platform/serve/crash-point'
import { readGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import type { Deps } from '../context.ts'
import type { IngestOutcome, IngestReason } from '../gen/resolvers.ts'
import { countLeftOut } from './count-left-out.ts'
import { checkEvent, type GoodEvent, type RawEvent, type Rejection } from './event.rules.ts'
import type { Flaw } from './flaw.ts'
import { keyWeeks } from './key-weeks.rules.ts'
import { personOf } from './people.ts'
import { type EventSource, type NewTouchpoint, storeTouchpoints } from './store-touchpoints.ts'
import { isRepeated, type Repeats } from './take-event-keys.ts'
import { touchpointFailure } from './touchpoint.failures.ts'

/** Warnings name the parts that were left out of an accepted event. */
export type IngestResultRow = { messageId: string; outcome: IngestOutcome; reason?: IngestReason; pointer?: string; warnings?: Flaw[] }
export type IngestAnswer = { results: IngestResultRow[]; accepted: number; duplicates: number; rejected: number; warnings: number }

const MAX_EVENTS = 1_000

/**
 * Stores a batch. An event that is answered as accepted is committed; an event that was stored before is a duplicate; a bad
 * event is rejected alone, and a bad part of a good event is left out and named. Events of known people are attached immediately, the others as soon as identity answers.
 */
export async function ingestEvents(
  deps: Pick<Deps, 'db' | 'now' | 'keyRing' | 'people' | 'eventKeyDays'>,
  tenantId: string,
  source: EventSource,
  events: readonly RawEvent[],
): Promise<IngestAnswer> {
  if (!Array.isArray(events) || events.length === 0 || events.length > MAX_EVENTS)
    throw touchpointFailure('WRONG_NUMBER_OF_EVENTS', 'events', { most: MAX_EVENTS })
  const now = deps.now()
  const checked = events.map((event) => checkEvent(withPlainReference(event), `events:${source.id}`, now))
  const good = checked.filter((one): one is GoodEvent => 'claim' in one)
  const touchpoints = toTouchpoints(deps, tenantId, good)
  const take = (repeats: Repeats) =>
    withTenant(deps.db, tenantId, (tx) => {
      const weeks = keyWeeks(deps.now(), deps.eventKeyDays)
      return storeTouchpoints(tx, deps.keyRing, source, touchpoints, weeks, repeats)
    })
  const fresh = await take('NONE').catch((error) => {
    if (isRepeated(error)) return take('SOME')
    throw error
  })
  crashPoint('committed')
  const answer = summarise(events, checked, fresh)
  for (const { warnings = [] } of answer.results) for (const { reason } of warnings) countLeftOut(reason)
  return answer
}

const REFERENCED = new Set(['Journey', 'Message', 'LiveCode'])

/** The intake takes ids in the form of the GraphQL API as well. An id of another type stays as it is, and is rejected. */
function withPlainReference(event: RawEvent): RawEvent {
  const given = typeof event?.referenceId === 'string' ? readGlobalId(event.referenceId) : undefined
  return given && REFERENCED.has(given.type) ? { ...event, referenceId: given.id } : event
}

/** Of several events with one message id in a batch the first counts. */
function toTouchpoints(deps: Pick<Deps, 'keyRing' | 'people'>, tenantId: string, good: GoodEvent[]): NewTouchpoint[] {
  const byMessage = new Map<string, NewTouchpoint>()
  for (const event of good) {
    if (byMessage.has(event.messageId)) continue
    byMessage.set(event.messageId, { event, id: newId(), person: personOf(deps, tenantId, event.claim) })
  }
  return [...byMessage.values()]
}

function summarise(events: readonly RawEvent[], checked: (GoodEvent | Rejection)[], fresh: Set<string>): IngestAnswer {
  const seen = new Set<string>()
  const results = checked.map((one, index): IngestResultRow => {
    if (!('claim' in one))
      return {
        messageId: String(events[index]?.messageId ?? '')
          .slice(0, 128)
          .toWellFormed(),
        outcome: 'REJECTED',
        reason: one.reason,
        pointer: `/events/${index}${one.pointer}`,
      }
    const isAccepted = !seen.has(one.messageId) && fresh.has(one.messageId)
    seen.add(one.messageId)
    if (!isAccepted) return { messageId: one.messageId, outcome: 'DUPLICATE' }
    const warnings = one.flaws.map(({ reason, pointer }) => ({ reason, pointer: `/events/${index}${pointer}` }))
    return { messageId: one.messageId, outcome: 'ACCEPTED', ...(warnings.length > 0 ? { warnings } : {}) }
  })
  const count = (outcome: IngestOutcome) => results.filter((result) => result.outcome === outcome).length
  const warnings = results.reduce((sum, result) => sum + (result.warnings?.length ?? 0), 0)
  return { results, accepted: count('ACCEPTED'), duplicates: count('DUPLICATE'), rejected: count('REJECTED'), warnings }
}
