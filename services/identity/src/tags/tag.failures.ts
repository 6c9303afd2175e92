import { failures } from '@renmai/platform/serve/errors'

export const tagFailure = failures({
  TAG_ARCHIVED: ['CONFLICT', 'The tag is archived; restore it first'],
  TAG_NOT_FOUND: ['NOT_FOUND', 'There is no such tag'],
  TAG_GROUP_NOT_FOUND: ['NOT_FOUND', 'There is no such tag group'],
  TAG_GROUP_ARCHIVED: ['CONFLICT', 'The tag group is archived; restore it first'],
  TAG_GROUP_HAS_TAGS: ['CONFLICT', 'The group has tags that are not archived: {names}'],
})
