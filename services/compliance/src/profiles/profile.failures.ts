import { failures } from '@renmai/platform/serve/errors'

export const profileFailure = failures({
  CUSTOMER_HAS_TOO_MANY_PROFILES: ['CONFLICT', 'The customer has more than {most} profiles; state it by profile'],
  PROFILE_NOT_FOUND: ['NOT_FOUND', 'There is no such profile; if it has only just been created, try again in a few seconds'],
  PERSON_ID_WRONG: ['INVALID', '{problem}'],
})
