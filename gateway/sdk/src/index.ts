export { createRenmai, type Renmai, type RenmaiOptions } from './client.ts'
export { RenmaiError, type RenmaiErrorDetail } from './error.ts'
export * from './gen/graphql.ts'
export { verifyWebhook, type WebhookBody, type WebhookHeaders, WebhookVerificationError } from './verify-webhook.ts'
