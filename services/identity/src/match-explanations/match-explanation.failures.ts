import { failures } from '@renmai/platform/serve/errors'

export const matchFailure = failures({
  MATCH_SUBJECT_NOT_FOUND: ['NOT_FOUND', 'There is no such profile or customer'],
})
