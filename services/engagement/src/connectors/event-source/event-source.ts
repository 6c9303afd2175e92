import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Connector } from '../connector.ts'
import { verifyEvents } from './verify-events.ts'

const EventSourceCredentials = z.object({ channel: z.string().regex(/^[A-Z][A-Z_]{1,31}$/, 'upper case letters and _') })

/** Events and orders that the company's own systems send, signed by a secret that Renmai issues. */
export const eventSource: Connector<z.output<typeof EventSourceCredentials> & { secret: string }> = {
  mutation: 'createEventSource',
  field: 'eventSource',
  shows: ['channel'],
  changes: ['channel'],
  credentials: EventSourceCredentials,
  issue: () => ({ secret: `whsec_${randomBytes(32).toString('base64')}` }),
  shown: ({ secret }) => secret,
  externalIdOf: () => undefined,
  test: ({ credentials }) => [['secret', async () => `requests can be verified (${credentials.channel})`]],
  events: {
    path: 'v1/events',
    limit: 4 * 1024 ** 2,
    // Signed by Standard Webhooks: webhook-id, webhook-timestamp, webhook-signature over the raw body.
    open: ({ body, headers }, { credentials }) => verifyEvents(credentials.secret, body, headers as Record<string, string>).events,
    channelOf: ({ channel }) => channel,
  },
}
