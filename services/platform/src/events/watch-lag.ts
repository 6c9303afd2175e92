import { pause } from '../serve/clock.ts'
import { meter } from '../serve/meter.ts'
import { type Loop, loop } from '../work/loop.ts'
import type { Bus } from './bus.ts'
import type { Consumption } from './consume.ts'

const PERIOD_MS = 15_000
const lag = meter.createGauge('renmai_consumer_lag', {
  description: 'Events that wait for a consumer or are with it, unacknowledged; the same from all replicas',
})

/** Measures the number of pending events of each consumer of a service. It sends one request per consumer to NATS, four times a minute. */
export function watchLag(bus: Bus, consumptions: readonly Consumption[]): Loop {
  return loop('watch-lag', bus.log, { pollMs: PERIOD_MS }, async (signal) => {
    for (const { stream, consumer } of consumptions) {
      const info = await bus.manager.consumers.info(stream, consumer).catch(absent)
      // A consumer that does not exist yet has no pending events: it is created with its stream.
      if (info) lag.record(info.num_pending + info.num_ack_pending, { stream, consumer })
      await pause(10, signal)
    }
    return 0
  })
}

function absent(error: Error): undefined {
  if (!/^(Consumer|Stream)NotFoundError$/.test(error.name)) throw error
}
