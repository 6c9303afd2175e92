import fc from 'fast-check'
import { afterAll, beforeAll, inject, it } from 'vitest'
import { startBus } from './interleaving/bus.ts'
import { compareCompanies, script } from './interleaving/script.ts'
import { openWorld, type World } from './interleaving/world.ts'

// A failure prints its seed, and the shortest script that still fails. `tests/long` runs more of them.
const RUNS = 16

let world: World
beforeAll(async () => {
  world = await openWorld(inject('postgresUrl'))
})
afterAll(() => world.stop())

it('what people ruled and undid leaves nothing in any service, whatever came in between and in which order', async () => {
  await fc.assert(
    fc.asyncProperty(script, (one) => compareCompanies(world, one)),
    { numRuns: RUNS },
  )
})

it('the same holds when events travel over NATS', async () => {
  const { carrier, stop } = await startBus(world)
  try {
    await fc.assert(
      fc.asyncProperty(script, (one) => compareCompanies(world, one, carrier)),
      { numRuns: 1, endOnFailure: true },
    )
  } finally {
    await stop()
  }
})
