import { failures } from '@renmai/platform/serve/errors'

export const profileFailure = failures({
  PROFILE_NOT_FOUND: ['NOT_FOUND', 'There is no such profile; if it has only just been created, try again in a few seconds'],
  CUSTOMER_NOT_FOUND: ['NOT_FOUND', 'There is no such customer; if it has only just been created, try again in a few seconds'],
})
