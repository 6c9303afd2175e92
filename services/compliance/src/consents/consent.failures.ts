import { failures } from '@renmai/platform/serve/errors'

export const consentFailure = failures({
  PURPOSE_NOT_FOUND: ['NOT_FOUND', 'There is no such purpose; create it first'],
  PURPOSE_ARCHIVED: ['CONFLICT', 'The purpose is archived; restore it first'],
  PERSON_NOT_FOUND: ['NOT_FOUND', 'No person with this {key} is known'],
  NOTICE_NOT_FOUND: ['NOT_FOUND', 'The purpose {purpose} has no such notice'],
  NO_NOTICE_IN_FORCE: ['INVALID', 'No notice was in force at statedAt; name the one that the person saw'],
})
