import { failures } from '@renmai/platform/serve/errors'

export const purposeFailure = failures({
  PURPOSE_NOT_FOUND: ['NOT_FOUND', 'There is no purpose with the key {key}'],
})
