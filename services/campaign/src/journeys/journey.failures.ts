import { failures } from '@renmai/platform/serve/errors'

export const journeyFailure = failures({
  IN_USE_BY_JOURNEYS: ['CONFLICT', 'It is used by {journeys}'],
  JOURNEY_STEP_ID_REPEATED: ['INVALID', 'step {step}: two steps have the same id'],
  JOURNEY_STEP_LEADS_NOWHERE: ['INVALID', 'step {step}: leads to {target}, which does not exist'],
  JOURNEY_STEP_UNREACHED: ['INVALID', 'step {step}: no step leads here'],
  JOURNEY_STEP_IN_LOOP: ['INVALID', 'step {step}: leads back to itself'],
  JOURNEY_CONDITIONS_TOO_LARGE: ['INVALID', 'The conditions of all steps have more than {most} clauses together'],
  SEGMENT_NOT_FOUND: ['NOT_FOUND', 'There is no such segment'],
  SEGMENT_ARCHIVED: ['CONFLICT', 'The segment is archived; restore it first'],
  MESSAGE_TEMPLATE_NOT_FOUND: ['NOT_FOUND', 'There is no such message template'],
  MESSAGE_TEMPLATE_ARCHIVED: ['CONFLICT', 'The message template is archived; restore it first'],
  COUPON_TEMPLATE_NOT_FOUND: ['NOT_FOUND', 'There is no such coupon template'],
  COUPON_TEMPLATE_ARCHIVED: ['CONFLICT', 'The coupon template is archived; restore it first'],
})
