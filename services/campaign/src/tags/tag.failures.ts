import { failures } from '@renmai/platform/serve/errors'

export const tagFailure = failures({
  TAG_NOT_FOUND: ['NOT_FOUND', 'There is no tag with the id {id}'],
})
