import { Webhook } from 'standardwebhooks'

/** The body of a webhook. */
export type WebhookBody<Data = Record<string, unknown>> = {
  /** The name of the subscription's field; `test` for a test. */
  type: string
  /** When the platform received the event (RFC 3339). */
  timestamp: string
  /** The result of the endpoint's subscription; null for a test. */
  data: Data | null
  errors?: readonly { message: string; path?: readonly (string | number)[]; extensions?: { code?: string } }[]
}

export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Verifies that a request came from the platform, unchanged and in the last five minutes (standardwebhooks.com), and reads it.
 * The same `webhook-id` may come again: keep the ids that you have handled.
 * @param secret the endpoint's `whsec_` secret
 * @param body the bytes as they came, as text: parsing and serializing again changes them
 * @throws WebhookVerificationError for any other request; answer 401 then
 */
export function verifyWebhook<Data = Record<string, unknown>>(secret: string, headers: WebhookHeaders, body: string): WebhookBody<Data> {
  const given = headers instanceof Headers ? Object.fromEntries(headers) : headers
  return new Webhook(secret).verify(body, given as Record<string, string>) as WebhookBody<Data>
}

export { WebhookVerificationError } from 'standardwebhooks'
