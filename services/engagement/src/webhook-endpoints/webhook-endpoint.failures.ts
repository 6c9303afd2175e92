import { failures } from '@renmai/platform/serve/errors'

export const webhookEndpointFailure = failures({
  DOCUMENT_FOR_LIVE_VIEWS_ONLY: ['INVALID', '{field} is for live views only; subscribe to something else'],
  API_CLIENT_MISSING: ['INVALID', 'Name the API client that receives the deliveries'],
  API_CLIENT_NOT_FOUND: ['NOT_FOUND', 'There is no such API client; create it first'],
  TOO_MANY_WEBHOOK_ENDPOINTS: ['CONFLICT', 'There are {most} endpoints; delete one first'],
  TOO_MANY_WEBHOOK_ENDPOINTS_OF_CLIENT: ['CONFLICT', 'A client has at most {most} endpoints; delete one first'],
  WEBHOOK_URL_NOT_PUBLIC: ['INVALID', 'url must be an https URL of a public host'],
  WEBHOOK_ENDPOINT_DISABLED: ['CONFLICT', 'The endpoint is disabled; enable it first'],
  WEBHOOK_DELIVERY_NOT_FOUND: ['NOT_FOUND', 'The endpoint has no delivery with the id {id}'],
  WEBHOOK_ENDPOINT_NOT_FOUND: ['NOT_FOUND', 'There is no such webhook endpoint'],
})
