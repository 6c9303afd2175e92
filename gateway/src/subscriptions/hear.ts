import { createRegistry, fromBinary, toJson } from '@bufbuild/protobuf'
import type { Msg } from '@nats-io/nats-core'
import { type Bus, subjectOf } from '@renmai/platform/events/bus'
import * as analytics from '@renmai/proto/analytics/v1/events'
import * as campaign from '@renmai/proto/campaign/v1/events'
import * as engagement from '@renmai/proto/engagement/v1/events'
import * as identity from '@renmai/proto/identity/v1/events'
import { EnvelopeSchema } from '@renmai/proto/platform/v1/envelope'

/** An event as JSON: its full name and its fields. */
export type HeardEvent = { type: string } & Readonly<Record<string, unknown>>
/** Subscribes to the events of one type in one tenant, until the returned function is called. */
export type Hear = (type: string, tenantId: string, listener: (event: HeardEvent) => void) => () => void

const registry = createRegistry(
  identity.file_renmai_identity_v1_events,
  engagement.file_renmai_engagement_v1_events,
  campaign.file_renmai_campaign_v1_events,
  analytics.file_renmai_analytics_v1_events,
)

/** The publisher of an event: the service that its package belongs to. */
const publisherOf = (type: string) => type.split('.')[1]!

/**
 * Subscribes to events as they are published. Events that are published while there is no listener, or while NATS is away, are not
 * delivered. A live view sends a query after it reconnects; a client that must receive every event uses webhooks.
 */
export function hearFrom(bus: Bus): Hear {
  const open = new Map<string, { listeners: Set<(event: HeardEvent) => void>; stop: () => void }>()
  return (type, tenantId, listener) => {
    const subject = subjectOf(type, publisherOf(type), tenantId)
    const known = open.get(subject) ?? listenTo(bus, type, subject)
    open.set(subject, known)
    known.listeners.add(listener)
    return () => {
      known.listeners.delete(listener)
      if (known.listeners.size > 0) return
      known.stop()
      open.delete(subject)
    }
  }
}

function listenTo(bus: Bus, type: string, subject: string) {
  const listeners = new Set<(event: HeardEvent) => void>()
  const callback = (_error: Error | null, message: Msg) => {
    for (const event of read(bus, type, message)) for (const listener of listeners) listener(event)
  }
  const subscription = bus.nats.subscribe(subject, { callback })
  return { listeners, stop: () => subscription.unsubscribe() }
}

function read(bus: Bus, type: string, { data }: Msg): HeardEvent[] {
  try {
    const schema = registry.getMessage(type)!
    const { events } = fromBinary(EnvelopeSchema, data)
    return events.map(({ payload }) => ({ ...(toJson(schema, fromBinary(schema, payload)) as object), type }))
  } catch (error) {
    bus.log.warn({ err: error, type }, 'an event cannot be read')
    return []
  }
}
