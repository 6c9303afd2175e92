import { failures } from '@renmai/platform/serve/errors'

export const reviewCaseFailure = failures({
  REVIEW_CASE_NOT_FOUND: ['NOT_FOUND', 'There is no such open review case; it may be decided already'],
  DECISION_DOES_NOT_FIT: ['INVALID', 'CHANGED_HANDS decides only cases with this reason'],
  UNTIL_NEEDED: ['INVALID', 'LATER needs a time in the future'],
  ASSIGNEE_NOT_FOUND: ['NOT_FOUND', 'There is no such active member of staff'],
})
