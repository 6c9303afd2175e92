import { pause } from '../serve/clock.ts'
import { meter } from '../serve/meter.ts'
import { type Loop, loop } from '../work/loop.ts'
import type { Bus } from './bus.ts'
import type { Consumption } from './consume.ts'

const PERIOD_MS = 15_000
const lag = meter.createGauge('renmai_consumer_lag', {
  description: 'Events that wait for a consumer or are with it, unacknowledged; the same from all replicas',
})

/** Tells how much waits for each consumer of a service. One question to NATS for each, four times a minute. */
export function watchLag(bus: Bus, consumptions: readonly Consumption[]): Loop {
  return loop('watch-lag', bus.log, { pollMs: PERIOD_MS }, async (signal) => {
    for (const { stream, consumer } of consumptions) {
      const info = await bus.manager.consumers.info(stream, consumer).catch(absent)
      // One that is not there yet has nothing waiting: it is made when its stream is.
      if (info) lag.record(info.num_pending + info.num_ack_pending, { stream, consumer })
      await pause(10, signal)
    }
    return 0
  })
}

function absent(error: Error): undefined {
  if (!/^(Consumer|Stream)NotFoundError$/.test(error.name)) throw error
}
