import { failures } from '@renmai/platform/serve/errors'

export const apiClientFailure = failures({
  API_CLIENT_REVOKED: ['CONFLICT', 'The client is revoked; create another one'],
  ROTATION_OPEN: ['CONFLICT', 'The key has a successor already; finish that rotation first'],
  NO_ROTATION_OPEN: ['CONFLICT', 'The client has one key only; rotate it first'],
  API_CLIENT_NOT_FOUND: ['NOT_FOUND', 'There is no such API client'],
})
