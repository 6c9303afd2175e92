import fc from 'fast-check'
import { afterAll, beforeAll, inject, it } from 'vitest'
import { compareCompanies, script } from '../interleaving/script.ts'
import { openWorld, type World } from '../interleaving/world.ts'

/** More of them: `INTERLEAVINGS=2000`. The seed of a failure: `SEED=<seed>`. */
const RUNS = Number(process.env.INTERLEAVINGS ?? 100)

let world: World
beforeAll(async () => {
  world = await openWorld(inject('postgresUrl'))
})
afterAll(() => world.stop())

it('many scripts of claims, facts and rulings leave nothing once the rulings are undone', async () => {
  const seed = process.env.SEED ? { seed: Number(process.env.SEED) } : {}
  await fc.assert(
    fc.asyncProperty(script, (one) => compareCompanies(world, one)),
    { numRuns: RUNS, ...seed },
  )
})
