import { afterAll, beforeAll, expect, it } from 'vitest'
import { measureDocuments } from '../../benches/documents.ts'
import { ATTACKS } from '../../benches/fairness/attacks.ts'
import { measureFairness } from '../../benches/fairness.ts'
import { measureGateway } from '../../benches/gateway.ts'
import { measureGrowth } from '../../benches/growth.ts'
import { measureIdentity } from '../../benches/identity.ts'
import { measureIngest } from '../../benches/ingest.ts'
import { measureQuery } from '../../benches/query.ts'
import { measureRelay } from '../../benches/relay.ts'
import { measureScale } from '../../benches/scale.ts'
import { measureSend } from '../../benches/send.ts'
import { type Stage, UNLIMITED } from '../../benches/stage.ts'
import { startWhole, type Whole } from '../whole.ts'

// Durations depend on the machine; `npm run bench` measures them. These tests check that each request gets the expected
// answer: any other makes a bench throw.
let whole: Whole

beforeAll(async () => {
  whole = await startWhole({ serviceSettings: UNLIMITED })
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

const RATIO = { value: expect.any(Number), limitValue: expect.any(Number), ratio: expect.any(Number) }
const stage = (): Stage => ({ ...whole, close: whole.stop })

it('the bench of intake attaches every event to its customer', async () => {
  expect(await measureIngest(stage(), { rounds: 1, seconds: 0.3, prepared: 3 })).toMatchObject(RATIO)
})

it('the bench of growth measures intake beside few and more stored events', async () => {
  expect(await measureGrowth(stage(), { few: 4_000, many: 8_000, rounds: 1, batches: 2 })).toMatchObject(RATIO)
})

it('the bench of identity measures each of its parts', async () => {
  const line = await measureIdentity(stage(), {
    grouping: { edges: 20_000, rounds: 1 },
    resolving: { rounds: 1, records: 1_000, latencySeconds: 0.3 },
    matching: { people: 200, seed: 1, rounds: 1 },
    growth: { few: 2_000, many: 4_000, rounds: 1, records: 1_000 },
  })
  expect(line).toMatchObject({
    grouping: { ...RATIO, dense: RATIO },
    resolving: {
      ...RATIO,
      p99Ms: expect.any(Number),
      account: { 'insert identifiers': expect.any(Object), 'read identifiers': expect.any(Object) },
    },
    matching: RATIO,
    growth: RATIO,
  })
})

it('the bench of the relay counts one effect of each event', async () => {
  expect(await measureRelay(stage(), { rounds: 1, events: 1_000 })).toMatchObject(RATIO)
})

it('the bench of sending ends with every message sent', async () => {
  expect(await measureSend(stage(), { messages: 40, rounds: 1 })).toMatchObject(RATIO)
})

it('the bench of queries gets an answer of each service and of the gateway', async () => {
  expect(await measureQuery(stage(), { customers: 20, requests: 40 })).toMatchObject({ ...RATIO, requestsPerSecond: expect.any(Number) })
})

// The last of this platform: its gateway is then in front of other subgraphs.
it('the bench of the gateway gets answers of each peer', async () => {
  const line = await measureGateway(stage(), { rounds: 1, seconds: 0.2, warmSeconds: 0.2, calmSeconds: 0.3 })
  expect(line).toMatchObject({ ratio: expect.any(Number), ratioToHive: expect.any(Number) })
})

it('the bench of scale runs with one replica and with more', async () => {
  const extent = { replicas: [1, 2], rounds: 1, seconds: 0.3, prepared: 3, messages: 40, newcomers: 1_000 }
  expect(await measureScale(extent)).toMatchObject({ ratio: expect.any(Number), databaseBytesPerCustomer: expect.any(Number) })
})
