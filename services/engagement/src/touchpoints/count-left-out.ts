import { meter } from '@renmai/platform/serve/meter'

const leftOut = meter.createCounter('renmai_left_out_values', {
  description: 'Wrong values that were left out of what was accepted, by reason',
})

/** Counts a value that is left out while the rest goes on. */
export const countLeftOut = (reason: string): void => leftOut.add(1, { reason })
