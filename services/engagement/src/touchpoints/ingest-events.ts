import { breaksUnique, withTenant } from '@renmai/platform/db/db'
import { crashPoint } from '@renmai/platform/serve/crash-point'
import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import type { Deps } from '../context.ts'
import { checkEvent, type GoodEvent, type RawEvent, type Rejection } from './event.rules.ts'
import { personOf } from './people.ts'
import { type EventSource, type NewTouchpoint, type Repeats, storeTouchpoints } from './store-touchpoints.ts'

export type IngestResult = { messageId: string; status: 'ACCEPTED' | 'DUPLICATE' | 'REJECTED'; reason?: string; pointer?: string }
export type IngestAnswer = { results: IngestResult[]; accepted: number; duplicates: number; rejected: number }

const MAX_EVENTS = 1_000

/**
 * Stores a batch. An event that is answered as accepted is committed; an event that was stored before is a duplicate; a bad
 * event is rejected alone. Events of known people are attached immediately, the others as soon as identity answers.
 */
export async function ingestEvents(
  deps: Pick<Deps, 'db' | 'now' | 'keyRing' | 'people'>,
  tenantId: string,
  source: EventSource,
  events: readonly RawEvent[],
): Promise<IngestAnswer> {
  if (!Array.isArray(events) || events.length === 0 || events.length > MAX_EVENTS)
    throw new AppError('INVALID', `Send 1 to ${MAX_EVENTS} events`, { events: `1 to ${MAX_EVENTS}` })
  const now = deps.now()
  const checked = events.map((event) => checkEvent(event, `events:${source.id}`, now))
  const good = checked.filter((one): one is GoodEvent => 'claim' in one)
  const touchpoints = toTouchpoints(deps, tenantId, good)
  const take = (repeats: Repeats) => withTenant(deps.db, tenantId, (tx) => storeTouchpoints(tx, deps.keyRing, source, touchpoints, repeats))
  const fresh = await take('NONE').catch((error) => {
    if (breaksUnique(error, 'touchpoints_once')) return take('SOME')
    throw error
  })
  crashPoint('committed')
  return summarise(events, checked, fresh)
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
