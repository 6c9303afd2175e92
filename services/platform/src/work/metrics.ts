import { meter } from '../serve/meter.ts'

export const oldestSeconds = meter.createGauge('renmai_queue_oldest_seconds', {
  description: 'How long the oldest piece of work that is due has been waiting, by queue',
})

export const failures = meter.createCounter('renmai_queue_failures', { description: "Failures of one tenant's work, by queue" })

/** The count stops here: higher values need no distinction. */
export const MOST_PARKED = 10_000

export const parked = meter.createGauge('renmai_queue_parked', {
  description: `Rows that were set aside and wait for a person, by queue; at most ${MOST_PARKED}`,
})
