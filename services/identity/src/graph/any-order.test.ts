import { withTenant } from '@renmai/platform/db/db'
import { AppError } from '@renmai/platform/serve/errors'
import { idFrom, newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { createRandom } from '@renmai/platform/testing/random'
import { key } from '@renmai/platform/testing/viewers'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { contextOf, resolve, type Said } from '../../test/fixture.ts'
import { mergeCustomers } from '../customers/merge-customers.ts'
import { unmergeCustomers } from '../customers/unmerge-customers.ts'
import { identity } from '../service.ts'
import { blockIdentifier } from './block-identifier.ts'
import { readGraph } from './graph.queries.ts'
import { partition } from './partition.rules.ts'
import { retractIdentifier } from './retract-identifier.ts'
import { separateCustomers } from './separate-customers.ts'
import { undoIdentityRuling } from './undo-identity-ruling.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), identity)
})
afterAll(async () => {
  // Chance decides what is published here: the examples of the contracts are of other tests.
  await test.owner.query('TRUNCATE outbox')
  await test.drop()
})

const DEVICES = ['tablet', 'phone-1', 'phone-2', 'browser']
const maybe = <T>(...values: T[]) => fc.constantFrom(undefined, undefined, ...values)
const said = fc.record({
  source: fc.constantFrom('web', 'app', 'shop'),
  externalId: fc.integer({ min: 0, max: 4 }).map(String),
  phone: maybe('+8613912340001', '+8613912340002', '+8613912340003'),
  device: fc.constantFrom(undefined, ...DEVICES),
  anonymous: maybe('visit-1', 'visit-2'),
})
const RULINGS = ['merge', 'unmerge', 'separate', 'retract', 'block', 'undo'] as const
const ruling = fc.record({ what: fc.constantFrom(...RULINGS), a: fc.nat({ max: 11 }), b: fc.nat({ max: 11 }) })
const script = fc.tuple(fc.array(said, { minLength: 4, maxLength: 14 }), fc.array(ruling, { maxLength: 8 }), fc.nat())

const claimOf = ({ source, externalId, phone, device, anonymous }: typeof said extends fc.Arbitrary<infer S> ? S : never): Said => ({
  source,
  externalId,
  ...(phone && { phone }),
  others: { ...(device && { device }), ...(anonymous && { anonymous_id: anonymous }) },
})

/** Claims in batches of any size. */
async function claimAll(tenantId: string, claims: readonly Said[], chance: () => number): Promise<void> {
  for (let at = 0; at < claims.length; ) {
    const size = 1 + Math.floor(chance() * 4)
    await resolve(test, tenantId, claims.slice(at, at + size))
    at += size
  }
}

const rows = async <T extends object>(tenantId: string, query: string): Promise<T[]> => (await test.owner.query<T>(query, [tenantId])).rows

/** The profiles of each customer, and what of the evidence does not depend on who came first. */
async function outcomeOf(tenantId: string) {
  const groups = await rows<{ members: string[] }>(
    tenantId,
    `SELECT array_agg(source || external_id ORDER BY source, external_id) AS members FROM profiles WHERE tenant_id = $1 GROUP BY customer_id ORDER BY 1`,
  )
  const devices = await rows(
    tenantId,
    `SELECT DISTINCT p.source, p.external_id, e.namespace, e.state, e.reason FROM evidence e JOIN profiles p ON p.tenant_id = $1 AND p.id = e.profile_id
     WHERE e.tenant_id = $1 AND e.rule = 'T3_ANONYMOUS_DEVICE' ORDER BY 1, 2, 3, 4, 5`,
  )
  return { groups, devices }
}

const stateOf = async (tenantId: string) => ({
  profiles: await rows(tenantId, 'SELECT id, customer_id FROM profiles WHERE tenant_id = $1 ORDER BY id'),
  customers: await rows(tenantId, 'SELECT id, merged_into FROM customers WHERE tenant_id = $1 ORDER BY id'),
  evidence: await rows(tenantId, 'SELECT * FROM evidence WHERE tenant_id = $1 ORDER BY id'),
  cases: await rows(tenantId, 'SELECT id, reason FROM review_cases WHERE tenant_id = $1 ORDER BY id'),
})

/** What is stored is what follows from the whole graph, though each step reads a part of it. */
async function expectWhole(tenantId: string): Promise<void> {
  const { profiles, evidence } = await stateOf(tenantId)
  const whole = await withTenant(test.db, tenantId, async (tx) =>
    partition(
      await readGraph(
        tx,
        profiles.map((row) => (row as { id: string }).id),
      ),
    ),
  )
  expect(Object.fromEntries(whole.customers)).toEqual(
    Object.fromEntries((profiles as { id: string; customer_id: string }[]).map((row) => [row.id, row.customer_id])),
  )
  const ids = whole.evidence.map((one) => `${idFrom('evidence', one.profileId, one.linkedProfileId, one.identifierId)} ${one.reason}`)
  expect((evidence as { id: string; reason: string | null }[]).map(({ id, reason }) => `${id} ${reason}`)).toEqual(ids.sort())
}

const reason = 'test'
const pick = <T>(list: readonly T[], no: number): T | undefined => list[no % list.length]

async function rule(tenantId: string, { what, a, b }: { what: (typeof RULINGS)[number]; a: number; b: number }): Promise<void> {
  const ctx = contextOf(test, tenantId)
  const by = { idempotencyKey: key(), reason }
  const idsOf = async (query: string) => (await rows<{ id: string }>(tenantId, query)).map(({ id }) => id)
  const customers = await idsOf('SELECT id FROM customers WHERE tenant_id = $1 AND merged_into IS NULL ORDER BY id')
  const [one, other] = [pick(customers, a)!, pick(customers, b)!]
  const carried = await rows<{ profileId: string; identifierId: string }>(
    tenantId,
    `SELECT profile_id AS "profileId", identifier_id AS "identifierId" FROM identifiers WHERE tenant_id = $1 ORDER BY profile_id, namespace, identifier_id`,
  )
  const mergeId = pick(await idsOf("SELECT id FROM customer_decisions WHERE tenant_id = $1 AND kind = 'MERGE' ORDER BY id"), a)
  const rulingId = pick(await idsOf('SELECT id FROM rulings WHERE tenant_id = $1 AND holds ORDER BY id'), a)
  const does = {
    merge: () => mergeCustomers(ctx, { ...by, survivorId: one, absorbedId: other }),
    unmerge: async () => mergeId && unmergeCustomers(ctx, { ...by, mergeId }),
    separate: () => separateCustomers(ctx, { ...by, customerA: one, customerB: other }),
    retract: async () => carried.length > 0 && retractIdentifier(ctx, { ...by, ...pick(carried, a + b)! }),
    block: () => blockIdentifier(ctx, { ...by, namespace: 'device', value: pick(DEVICES, a)! }),
    undo: async () => rulingId && undoIdentityRuling(ctx, { ...by, rulingId }),
  }
  try {
    await does[what]()
  } catch (error) {
    if (!(error instanceof AppError) || !['CONFLICT', 'NOT_FOUND', 'INVALID'].includes(error.code)) throw error
  }
}

it('customers follow from what was observed and ruled, in whatever order and batches it came, and undoing is exact', async () => {
  await fc.assert(
    fc.asyncProperty(script, async ([list, rulings, seed]) => {
      const chance = createRandom(seed)
      const [tenantId, other] = [newId(), newId()]
      const claims = list.map(claimOf)
      await claimAll(tenantId, claims, chance)
      const shuffled = claims.map((claim) => ({ claim, at: chance() })).toSorted((a, b) => a.at - b.at)
      await claimAll(
        other,
        shuffled.map(({ claim }) => claim),
        chance,
      )
      expect(await outcomeOf(other)).toEqual(await outcomeOf(tenantId))
      await expectWhole(other)
      const before = await stateOf(tenantId)
      for (const one of rulings) {
        await rule(tenantId, one)
        await expectWhole(tenantId)
      }
      for (let no = 0; ; no = Math.floor(chance() * 100)) {
        const holding = await rows<{ id: string }>(
          tenantId,
          "SELECT id FROM rulings WHERE tenant_id = $1 AND holds AND kind <> 'UNDO' ORDER BY id",
        )
        const last = pick(holding, no)
        if (!last) break
        await undoIdentityRuling(contextOf(test, tenantId), { idempotencyKey: key(), rulingId: last.id, reason })
      }
      expect(await stateOf(tenantId)).toEqual(before)
    }),
    { numRuns: Number(process.env['ANY_ORDER'] ?? 40) },
  )
})
