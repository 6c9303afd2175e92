import type { Sentences } from '@renmai/platform/db/db'

/** Messages for constraints that a caller's input can break; names of constraints are not for callers. */
export const sentences: Sentences = {
  coupon_templates_name: 'A coupon template of this name exists; choose another name',
  coupon_templates_stock: 'No coupon of this template is left',
  coupons_template_exists: 'There is no such coupon template',
  journeys_name: 'A journey of this name exists; choose another name',
  journeys_segment_exists: 'There is no such segment',
  segments_name: 'A segment of this name exists; choose another name',
}
