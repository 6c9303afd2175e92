import { failures } from '@renmai/platform/serve/errors'

export const touchpointFailure = failures({
  WRONG_NUMBER_OF_EVENTS: ['INVALID', 'Send 1 to {most} events'],
  EVENT_SOURCE_NOT_FOUND: ['NOT_FOUND', 'There is no such source of events'],
})
