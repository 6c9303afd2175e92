import { afterAll, beforeAll, expect, it } from 'vitest'
import { measureDocuments } from '../../benches/documents.ts'
import { ATTACKS } from '../../benches/fairness/attacks.ts'
import { measureFairness } from '../../benches/fairness.ts'
import { startWhole, type Whole } from '../whole.ts'

// Durations depend on the machine; `npm run bench` measures them. These tests check that each request gets the expected
// answer: any other makes a bench throw.
let whole: Whole

beforeAll(async () => {
  whole = await startWhole()
})
afterAll(async () => whole?.stop())

it('the bench of fairness measures a tenant beside each attack, and its worst ratio', async () => {
  const extent = { rounds: 1, seconds: 0.5, requests: 1, warmSeconds: 0.2, people: 20, attacks: ATTACKS }
  const line = JSON.parse(JSON.stringify(await measureFairness(whole, extent)))
  expect(Object.keys(line.attacks)).toEqual(ATTACKS.map(({ name }) => name))
  for (const { ratio } of Object.values<{ ratio: number }>(line.attacks)) expect(ratio).toBeLessThanOrEqual(line.ratio)
})

it('the bench of documents sends each document, half of them refused, and measures the memory of the gateway', async () => {
  const line = await measureDocuments(whole, { documents: 60, step: 20, sizes: 5, restMs: 0 })
  expect(line).toMatchObject({ good: 30, refused: 30, atRest: expect.any(Number), value: expect.any(Number) })
})
