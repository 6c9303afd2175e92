import { failures } from '@renmai/platform/serve/errors'

export const matchModelFailure = failures({
  MATCH_JOB_UNFINISHED: ['CONFLICT', 'A job about matching is unfinished; wait for it, or cancel it'],
  MATCH_JOB_NOT_FOUND: ['NOT_FOUND', 'There is no such job'],
  MATCH_JOB_ENDED: ['CONFLICT', 'The job has ended already'],
  MATCH_MODEL_NOT_FOUND: ['NOT_FOUND', 'There is no such model'],
  MATCH_MODEL_IS_ACTIVE: ['CONFLICT', 'The model is active already'],
  MATCH_MODEL_MISSING: ['CONFLICT', 'No model is active; train one and activate it'],
  MATCH_BOUNDS_NOT_VALID: ['INVALID', 'lower and upper are probabilities between 0 and 1, and lower is not above upper'],
  MATCH_SAMPLE_NOT_FOUND: ['NOT_FOUND', 'There is no such pair to label'],
  MATCHING_NOT_STARTED: ['CONFLICT', 'Nothing is matched yet; train a model first'],
})
