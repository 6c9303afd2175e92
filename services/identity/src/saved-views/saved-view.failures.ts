import { failures } from '@renmai/platform/serve/errors'

export const savedViewFailure = failures({
  TOO_MANY_SAVED_VIEWS: ['CONFLICT', 'A person has at most {most} saved views; delete some'],
  SAVED_VIEW_NOT_FOUND: ['NOT_FOUND', 'There is no such view'],
})
