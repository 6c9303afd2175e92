import { withTenant } from '@renmai/platform/db/db'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { resolve, type Said } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { unmergeCustomers } from '../customers/unmerge-customers.ts'
import { explainMatch } from '../match-explanations/explain-match.ts'
import { resolveIdentifiers } from '../resolutions/resolve-identifiers.ts'
import { blockIdentifier } from './block-identifier.ts'
import { readGraph } from './graph.queries.ts'
import { retractIdentifier } from './retract-identifier.ts'
import { undoIdentityRuling } from './undo-identity-ruling.ts'

const seed = identitySeed()
const reason = 'test'
const device = '7d31c4d0-0d1a-4c6c-9d52-52f1a2b3c4d5'
const meet = (externalId: string, others: Record<string, string>, more: Partial<Said> = {}) =>
  seed.meet({ source: 'web', externalId, others: { anonymous_id: device, ...others }, ...more })
const visitor = () => meet('visitor', {})
const customerOf = async (profileId: string) => (await seed.context().load.profile.load(profileId))!.customerId
const decisionsOf = async (customerId: string) => (await seed.context().load.mergesOf(customerId, {})).nodes
const evidenceOf = async (customerId: string) =>
  (await seed.context().load.evidenceOf(customerId, {})).nodes.map(({ rule, state, reason: why }) => `${rule} ${why ?? state}`)
const identifierOf = async (customerId: string, kind: string) =>
  (await seed.context().load.identifiersOf.load(customerId))!.find(({ namespace }) => namespace === kind)!.identifierId
const undo = (rulingId: string) => undoIdentityRuling(seed.context(), { idempotencyKey: key(), rulingId, reason })

describe('the past of a device', () => {
  it('comes with the person who identifies, whose customer stays, with a decision and evidence that explain it', async () => {
    const past = await visitor()
    const ann = await meet('ann', { login: 'ann' })
    expect(await customerOf(past.profileId)).toBe(ann.customerId)
    expect(await evidenceOf(ann.customerId)).toEqual(['T3_ANONYMOUS_DEVICE ACTIVE'])
    expect(await decisionsOf(ann.customerId)).toMatchObject([
      {
        kind: 'MERGE',
        absorbedId: past.customerId,
        decidedBy: 'rule:T3_ANONYMOUS_DEVICE',
        reason: 'both hold the same anonymous_id',
        ruleVersion: 2,
        evidence: [{ namespace: 'anonymous_id', profileId: past.profileId, linkedProfileId: ann.profileId }],
      },
    ])
    const explained = await explainMatch(seed.context(), { a: { profileId: past.profileId }, b: { profileId: ann.profileId } })
    expect(explained.areOneCustomer).toBe(true)
    expect(explained.reasons[0]).toMatchObject({ effect: 'TOGETHER', sentence: { code: 'DEVICE_OF_ONE' } })
  })

  it('comes to the person who is known already, in one batch and in several', async () => {
    const claims: Said[] = [
      { source: 'web', externalId: 'ann', others: { login: 'ann', anonymous_id: device } },
      { source: 'web', externalId: 'visitor', others: { anonymous_id: device } },
    ]
    const [ann, past] = await resolve(seed.test, seed.tenant, claims)
    expect(past!.customerId).toBe(ann!.customerId)
    const later = await meet('app', { device: 'phone-1' })
    expect(later.customerId).toBe(ann!.customerId)
    await resolve(seed.test, seed.tenant, [{ source: 'web', externalId: 'known', others: { login: 'ann', device: 'phone-2' } }])
    expect((await seed.meet({ source: 'app', others: { device: 'phone-2' } })).customerId).toBe(ann!.customerId)
  })

  it('leaves a device that a second person uses, by an explained decision, and comes back when the two are one', async () => {
    const past = await visitor()
    const ann = await meet('ann', { login: 'ann' })
    const bob = await meet('bob', { login: 'bob' })
    expect(await customerOf(past.profileId)).toBe(past.customerId)
    expect((await decisionsOf(past.customerId)).find(({ kind }) => kind === 'UNMERGE')).toMatchObject({
      decidedBy: 'rule:SHARED_DEVICE',
      survivorId: ann.customerId,
      absorbedId: past.customerId,
    })
    expect(await evidenceOf(past.customerId)).toEqual(['T3_ANONYMOUS_DEVICE SHARED_DEVICE', 'T3_ANONYMOUS_DEVICE SHARED_DEVICE'])
    const { rows } = await seed.test.owner.query('SELECT 1 FROM review_cases WHERE tenant_id = $1', [seed.tenant])
    expect(rows).toEqual([])
    const explained = await explainMatch(seed.context(), { a: { profileId: past.profileId }, b: { profileId: bob.profileId } })
    expect(explained.reasons[0]).toMatchObject({ effect: 'NEITHER', sentence: { code: 'SHARED_DEVICE' } })
    await resolve(seed.test, seed.tenant, [
      { source: 'web', externalId: 'ann', phone: '13912345678' },
      { source: 'web', externalId: 'bob', phone: '13912345678' },
    ])
    expect(new Set(await Promise.all([past, ann, bob].map(({ profileId }) => customerOf(profileId)))).size).toBe(1)
  })

  it('goes when the visitor becomes known by what the person does not carry', async () => {
    const past = await visitor()
    const ann = await meet('ann', { login: 'ann' })
    await meet('visitor', {}, { email: 'carl@mail.example' })
    expect(await customerOf(past.profileId)).toBe(past.customerId)
    expect(await customerOf(ann.profileId)).toBe(ann.customerId)
  })

  it('stays away after an unmerge, a block and a retraction, and comes back when these are undone', async () => {
    const past = await visitor()
    const ann = await meet('ann', { login: 'ann' })
    const isTogether = async () => (await customerOf(past.profileId)) === (await customerOf(ann.profileId))
    const mergeId = (await decisionsOf(ann.customerId))[0]!.id
    await unmergeCustomers(seed.context(), { idempotencyKey: key(), mergeId, reason })
    expect(await isTogether()).toBe(false)
    await meet('visitor', {})
    expect(await isTogether()).toBe(false)
    expect(await evidenceOf(past.customerId)).toEqual(['T3_ANONYMOUS_DEVICE SPLIT_BY_A_PERSON'])
    const [ruling] = (await seed.test.owner.query('SELECT id FROM rulings WHERE tenant_id = $1', [seed.tenant])).rows
    await undo(ruling.id)
    expect(await isTogether()).toBe(true)
    const { rulingId } = await blockIdentifier(seed.context(), { idempotencyKey: key(), namespace: 'anonymous_id', value: device, reason })
    expect(await isTogether()).toBe(false)
    await undo(rulingId)
    expect(await isTogether()).toBe(true)
    const identifierId = await identifierOf(ann.customerId, 'anonymous_id')
    const retract = ({ profileId }: { profileId: string }) =>
      retractIdentifier(seed.context(), { idempotencyKey: key(), profileId, identifierId, reason })
    for (const one of [past, ann]) {
      const retracted = await retract(one)
      expect(await isTogether()).toBe(false)
      await undo(retracted.rulingId)
      expect(await isTogether()).toBe(true)
    }
  })

  it('comes to nobody where only a retraction would leave a profile with devices alone', async () => {
    const ann = await meet('ann', { login: 'ann' })
    const carl = await meet('carl', {}, { email: 'carl@mail.example' })
    const identifierId = await identifierOf(carl.customerId, 'email')
    await retractIdentifier(seed.context(), { idempotencyKey: key(), profileId: carl.profileId, identifierId, reason })
    expect(await customerOf(carl.profileId)).not.toBe(await customerOf(ann.profileId))
  })

  it('comes to nobody on a device of too many, such as one of a shop', async () => {
    const visitors = []
    for (let no = 0; no < 2; no++) visitors.push(await meet(`visitor-${no}`, {}))
    const ann = await meet('ann', { login: 'ann' })
    expect(new Set(await Promise.all(visitors.map(({ profileId }) => customerOf(profileId))))).toEqual(new Set([ann.customerId]))
    await meet('visitor-3', {})
    expect(new Set(await Promise.all(visitors.map(({ profileId }) => customerOf(profileId)))).size).toBe(2)
    const crowd = Array.from({ length: 200 }, (_, no) => ({ source: 'web', externalId: `k-${no}`, others: { device: 'kiosk' } }))
    expect(new Set((await resolve(seed.test, seed.tenant, crowd)).map(({ customerId }) => customerId)).size).toBe(200)
  })

  it('leaves no evidence on a device that too many have come to carry', async () => {
    const [past] = [await visitor(), await meet('ann', { login: 'ann' }), await meet('bob', { login: 'bob' })]
    expect(await evidenceOf(past.customerId)).toHaveLength(2)
    await meet('visitor-2', {})
    expect(await evidenceOf(past.customerId)).toEqual([])
  })

  it('comes to nobody where not all users of the device are read', async () => {
    const ann = await meet('ann', { login: 'ann' })
    await meet('bob', { login: 'bob' })
    const past = await visitor()
    const read = (most?: number) =>
      withTenant(seed.test.db, seed.tenant, (tx) => readGraph(tx, [past.profileId, ann.profileId], undefined, most))
    expect([(await read()).shared.size, (await read(2)).shared.size]).toEqual([0, 1])
  })

  it('shows in what a claim would resolve to', async () => {
    const past = await visitor()
    const resolved = await resolveIdentifiers(seed.context(), {
      identifiers: [
        { namespace: 'login', value: 'ann' },
        { namespace: 'anonymous_id', value: device },
      ],
    })
    expect(resolved).toMatchObject({ isNew: true, joinedIds: [past.customerId] })
    const ann = await meet('ann', { login: 'ann' })
    const another = await resolveIdentifiers(seed.context(), { identifiers: [{ namespace: 'anonymous_id', value: device }] })
    expect(another.customerId).toBe(ann.customerId)
  })
})
