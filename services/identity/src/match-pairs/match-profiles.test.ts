import { withTenant } from '@renmai/platform/db/db'
import { dumpTables } from '@renmai/platform/testing/database'
import { key } from '@renmai/platform/testing/viewers'
import { beforeEach, describe, expect, it } from 'vitest'
import { resolve, ring, type Said } from '../../test/fixture.ts'
import { depsOf, matchAll, registerFields, useModel } from '../../test/matching.ts'
import { identitySeed } from '../../test/seed.ts'
import type { ReviewCase } from '../customers/customer.table.ts'
import { blockIdentifier } from '../graph/block-identifier.ts'
import { activeModel } from '../match-models/match-model.ts'
import { leaseRecords, recordsOf, storeRecords } from '../match-records/match-record.ts'
import { decideReviewCase } from '../review-cases/decide-review-case.ts'
import { listReviewCases } from '../review-cases/list-review-cases.ts'
import { reviewCaseResolvers } from '../review-cases/review-case.resolvers.ts'
import { findMatches } from './find-matches.ts'
import { compare } from './match-profiles.ts'
import { proposeMatches } from './propose-matches.ts'

const seed = identitySeed()
beforeEach(() => registerFields(seed))
const LI = { name: '李晓明', attributes: { birthday: '1988-05-17', city: '杭州' } }
/** A profile of a source of its own: without a shared identifier. */
const meet = (claim: Partial<Said> = {}) => seed.meet({ source: `shop-${key()}`, ...LI, ...claim })
const cases = async (): Promise<ReviewCase[]> => (await listReviewCases(seed.context(), {})).nodes as ReviewCase[]
const decide = (one: ReviewCase, decision: 'SAME' | 'DIFFERENT') =>
  decideReviewCase(seed.context(), { idempotencyKey: key(), reviewCaseId: one.id, decision, reason: 'seen' })
const customerOf = async (profileId: string) => (await seed.context().load.profile.load(profileId))!.customerId
const pairs = async () =>
  (await seed.test.owner.query('SELECT profile_a, profile_b FROM match_pairs WHERE tenant_id = $1 ORDER BY id', [seed.tenant])).rows
/** The claim of a replica that dies before it has compared anything, a lease ago. */
async function deadClaim() {
  const claim = await withTenant(seed.test.db, seed.tenant, (tx) => leaseRecords(tx, 50))
  await seed.test.owner.query("UPDATE match_records SET next_at = now() - interval '1 second' WHERE tenant_id = $1", [seed.tenant])
  return claim
}

describe('a profile that changes', () => {
  it('is compared with the stock, and what a model takes for the same person becomes a case that states why', async () => {
    await useModel(seed)
    const [a, b] = [await meet(), await meet({ name: '李小明' })]
    await meet({ name: '王芳', attributes: { birthday: '1970-01-02', city: '成都' } })
    await matchAll(seed)
    const [one, ...others] = await cases()
    expect(others).toEqual([])
    expect(one).toMatchObject({ reason: 'PROBABLE_MATCH', modelVersion: 1 })
    expect(one!.probability).toBeGreaterThan(0.9)
    expect([one!.profileA, one!.profileB]).toEqual([a.profileId, b.profileId].toSorted())
    const comparison = await reviewCaseResolvers.ReviewCase.comparison(one!, {}, seed.context())
    expect(comparison.find(({ field }) => field === 'birth_date')).toMatchObject({
      sentence: { code: 'SAME', english: 'Date of birth: the same', chinese: '生日：相同' },
    })
  })

  it('is joined or kept apart by what a person decides, also when it is compared again', async () => {
    await useModel(seed)
    const [a, b, c] = [await meet(), await meet(), await meet({ attributes: { birthday: '1988-05-17', city: '上海' } })]
    await matchAll(seed)
    const open = await cases()
    expect(open).toHaveLength(3)
    const between = (x: string, y: string) =>
      open.find((one) => [one.profileA, one.profileB].includes(x) && [one.profileA, one.profileB].includes(y))!
    await decide(between(a.profileId, b.profileId), 'SAME')
    expect(await customerOf(b.profileId)).toBe(await customerOf(a.profileId))
    const [left, ...more] = await cases()
    expect(more).toEqual([])
    await decide(left!, 'DIFFERENT')
    expect(await cases()).toEqual([])
    await resolve(seed.test, seed.tenant, [{ source: 'other', externalId: key(), ...LI, phone: '13912345678' }])
    await seed.test.owner.query('UPDATE match_records SET next_at = now() WHERE id = $1', [c.profileId])
    await matchAll(seed)
    expect(
      (await cases()).every(
        (one) => ![one.profileA, one.profileB].includes(c.profileId) || ![one.profileA, one.profileB].includes(a.profileId),
      ),
    ).toBe(true)
  })

  it('closes its case when its values are of another person now, and when an identifier is nobody’s any more', async () => {
    await useModel(seed)
    const claim = { source: 'crm', externalId: key() }
    await resolve(seed.test, seed.tenant, [{ ...claim, ...LI, at: new Date('2026-01-01') }])
    await meet()
    await matchAll(seed)
    expect(await cases()).toHaveLength(1)
    const other = { name: '王芳', attributes: { birthday: '1970-01-02', city: '成都' }, at: new Date('2026-02-01') }
    await resolve(seed.test, seed.tenant, [{ ...claim, ...other }])
    await matchAll(seed)
    expect(await cases()).toEqual([])
    const phone = '13912340001'
    for (const name of ['赵强', '']) await meet({ name, attributes: {}, phone, verifiedAt: null })
    await matchAll(seed)
    expect(await cases()).toHaveLength(1)
    await blockIdentifier(seed.context(), { idempotencyKey: key(), namespace: 'phone', value: phone, reason: 'test' })
    await matchAll(seed)
    expect(await cases()).toEqual([])
  })

  it('costs a tenant that does not match nothing, and repeats of a claim are no change', async () => {
    await meet()
    expect((await seed.test.owner.query('SELECT 1 FROM match_records WHERE tenant_id = $1', [seed.tenant])).rowCount).toBe(0)
    await useModel(seed)
    const claim = { source: 'crm', externalId: key(), ...LI }
    await resolve(seed.test, seed.tenant, [claim, { source: 'web', externalId: key() }])
    await matchAll(seed)
    await resolve(seed.test, seed.tenant, [claim])
    const { rows } = await seed.test.owner.query('SELECT next_at FROM match_records WHERE tenant_id = $1', [seed.tenant])
    expect(rows).toEqual([{ next_at: null }])
  })

  it('leaves no personal data readable, in any table of matching', async () => {
    await useModel(seed)
    await meet({ phone: '13911112222', email: 'li.xiaoming@mail.example' })
    await meet({ verifiedAt: null, phone: '13911112222' })
    await matchAll(seed)
    expect(await pairs()).toHaveLength(1)
    const dump = JSON.stringify(
      Object.entries(await dumpTables(seed.test)).filter(([table]) => table.startsWith('match_') || table === 'review_cases'),
    )
    for (const secret of ['13911112222', 'xiaoming', '李晓明', '19880517', '1988-05-17', '杭州']) {
      expect(dump).not.toContain(secret)
      expect(dump).not.toContain(Buffer.from(secret).toString('hex'))
    }
  })
})

describe('replicas', () => {
  it('neither lose nor double what one of them leaves behind', async () => {
    await useModel(seed)
    await meet()
    await meet()
    const dead = await deadClaim()
    await matchAll(seed)
    expect(await cases()).toHaveLength(1)
    const before = await dumpTables(seed.test)
    await compare(depsOf(seed), seed.tenant, dead)
    expect(await dumpTables(seed.test)).toEqual(before)
  })

  /** What a slow attempt has found when something changes before it stores that. */
  async function foundSlowly() {
    const claim = await withTenant(seed.test.db, seed.tenant, (tx) => leaseRecords(tx, 50))
    return withTenant(seed.test.db, seed.tenant, async (tx) => {
      const records = await recordsOf(
        tx,
        ring,
        claim.rows.map(({ id }) => id),
      )
      await storeRecords(tx, ring, claim.attemptId, records)
      const active = (await activeModel(tx, ring))!
      return { claim, active, found: await findMatches(tx, ring, active, records), at: new Date() }
    })
  }
  const store = (slow: Awaited<ReturnType<typeof foundSlowly>>) =>
    withTenant(seed.test.db, seed.tenant, (tx) => proposeMatches(tx, ring, slow))

  it('do not store what an attempt found by values that have changed meanwhile', async () => {
    await useModel(seed)
    const claim = { source: 'crm', externalId: key() }
    await meet()
    await matchAll(seed)
    await resolve(seed.test, seed.tenant, [{ ...claim, ...LI, at: new Date('2026-01-01') }])
    const slow = await foundSlowly()
    expect(slow.found).toHaveLength(1)
    const other = { name: '王芳', attributes: { birthday: '1970-01-02', city: '成都' }, at: new Date('2026-02-01') }
    await resolve(seed.test, seed.tenant, [{ ...claim, ...other }])
    await store(slow)
    expect([await pairs(), await cases()]).toEqual([[], []])
    await matchAll(seed)
    expect([await pairs(), await cases()]).toEqual([[], []])
  })

  it('do not store what an attempt found by a model that is active no longer, and compare by the next one', async () => {
    await useModel(seed)
    await meet()
    await meet()
    const slow = await foundSlowly()
    await useModel(seed, { number: 2 })
    await store(slow)
    expect(await cases()).toEqual([])
    await matchAll(seed)
    expect(await cases()).toMatchObject([{ modelVersion: 2 }])
  })

  it('that compare two profiles of one person concurrently find the pair once', async () => {
    await useModel(seed)
    for (let no = 0; no < 10; no++)
      for (let twin = 0; twin < 2; twin++)
        await meet({ name: `李${'明强伟芳娜敏静丽军洋'[no]}`, attributes: { birthday: `19${70 + no}-03-1${no}` } })
    const claims = []
    for (let no = 0; no < 20; no++) claims.push(await withTenant(seed.test.db, seed.tenant, (tx) => leaseRecords(tx, 1)))
    await Promise.all(claims.map((claim) => compare(depsOf(seed), seed.tenant, claim)))
    expect(await pairs()).toHaveLength(10)
    expect(await cases()).toHaveLength(10)
  })
})

it('a profile that always fails delays no other one, and is set aside with its reason until it changes', async () => {
  await useModel(seed)
  const claim = { source: 'crm', externalId: key() }
  const [bad] = await resolve(seed.test, seed.tenant, [{ ...claim, ...LI }])
  await meet()
  await meet()
  const name = `fail_${key().replaceAll('-', '_')}`
  await seed.test.owner.query(`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$`)
  await seed.test.owner.query(
    `CREATE TRIGGER ${name} BEFORE UPDATE OF sealed ON match_records FOR EACH ROW WHEN (NEW.id = '${bad!.profileId}') EXECUTE FUNCTION ${name}()`,
  )
  await seed.test.owner.query(`GRANT EXECUTE ON FUNCTION ${name}() TO PUBLIC`)
  for (let attempt = 0; attempt < 8; attempt++) {
    await matchAll(seed)
    expect(await cases()).toHaveLength(1)
    await seed.test.owner.query('UPDATE match_records SET next_at = now() WHERE tenant_id = $1 AND next_at IS NOT NULL', [seed.tenant])
  }
  const { rows } = await seed.test.owner.query('SELECT state, reason FROM quarantined_items WHERE tenant_id = $1 AND kind = $2', [
    seed.tenant,
    'WORK',
  ])
  expect(rows).toEqual([{ state: 'WAITING', reason: 'INTERNAL' }])
  await seed.test.owner.query(`DROP TRIGGER ${name} ON match_records; DROP FUNCTION ${name}()`)
  await resolve(seed.test, seed.tenant, [{ ...claim, ...LI, attributes: { ...LI.attributes, city: '上海' }, at: new Date('2026-03-01') }])
  await matchAll(seed)
  expect(await cases()).toHaveLength(3)
})
