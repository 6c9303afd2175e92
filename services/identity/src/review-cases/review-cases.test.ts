import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { resolve } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import type { ReviewCase } from '../customers/customer.table.ts'
import { undoIdentityRulings } from '../graph/undo-identity-rulings.ts'
import { addStaff } from '../staff/add-staff.ts'
import { assignReviewCase } from './assign-review-case.ts'
import { decideReviewCase } from './decide-review-case.ts'
import { decideReviewCases } from './decide-review-cases.ts'
import { listReviewCases } from './list-review-cases.ts'
import { previewReviewDecisions } from './preview-review-decisions.ts'
import { reviewCaseResolvers } from './review-case.resolvers.ts'

const seed = identitySeed()
let phones = 0
const [OLD, NEW] = [new Date('2023-01-01'), new Date('2026-01-01')]

/** Two customers of whom one proved a phone number long before the other. */
async function changedHands(phone = `1391234${String(++phones).padStart(4, '0')}`) {
  const [earlier] = await resolve(seed.test, seed.tenant, [{ source: 'a', externalId: newId(), phone, at: OLD }])
  const [later] = await resolve(seed.test, seed.tenant, [{ source: 'b', externalId: newId(), phone, at: NEW }])
  return { earlier: earlier!, later: later! }
}
/** Two customers with different unionids who share a phone number. */
async function twoUnionids(phone = `1371234${String(++phones).padStart(4, '0')}`) {
  for (const source of ['a', 'b']) await resolve(seed.test, seed.tenant, [{ source, externalId: newId(), phone, unionid: newId() }])
}
const cases = async (filter = {}): Promise<ReviewCase[]> => (await listReviewCases(seed.context(), { filter })).nodes as ReviewCase[]
const decide = (one: ReviewCase, decision: 'SAME' | 'DIFFERENT' | 'LATER' | 'CHANGED_HANDS', more: object = {}) =>
  decideReviewCase(seed.context(), { idempotencyKey: key(), reviewCaseId: one.id, decision, reason: 'seen', ...more })
const customerOf = async (profileId: string) => (await seed.context().load.profile.load(profileId))!.customerId
const undo = (batchId: string) => undoIdentityRulings(seed.context(), { idempotencyKey: key(), batchId, reason: 'wrong' })
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id)

describe('a review case', () => {
  it('shows both profiles and what the two share', async () => {
    const { earlier, later } = await changedHands()
    const [one] = await cases()
    const ctx = seed.context()
    const { profileA, profileB, evidence } = reviewCaseResolvers.ReviewCase
    expect([(await profileA(one!, {}, ctx))!.id, (await profileB(one!, {}, ctx))!.id].toSorted()).toEqual(
      [earlier.profileId, later.profileId].toSorted(),
    )
    expect(await evidence(one!, {}, ctx)).toMatchObject([{ namespace: 'phone', reason: 'CHANGED_HANDS', state: 'REFUSED' }])
  })

  it('about an identifier that more profiles carry than one person has is closed, and its evidence with it', async () => {
    const phone = '13712349999'
    const { earlier, later } = await changedHands(phone)
    expect(await cases()).toHaveLength(1)
    const said = ['2', '3', '4'].map((externalId) => ({ source: 'a', externalId, phone, verifiedAt: null }))
    await resolve(seed.test, seed.tenant, said)
    expect(await cases()).toEqual([])
    for (const { customerId } of [earlier, later]) expect((await seed.context().load.evidenceOf(customerId, {})).nodes).toEqual([])
  })

  it('that is the same person joins the two under the older customer, and can be undone', async () => {
    const { earlier, later } = await changedHands()
    const [one] = await cases()
    const { batchId } = await decide(one!, 'SAME')
    expect(await customerOf(later.profileId)).toBe([earlier.customerId, later.customerId].toSorted()[0])
    expect(await cases()).toEqual([])
    expect(await seed.context().load.rulingsOfBatch.load(batchId)).toMatchObject([{ kind: 'LINK', batchId }])
    await undo(batchId)
    expect(await customerOf(later.profileId)).toBe(later.customerId)
    expect(ids(await cases())).toEqual([one!.id])
  })

  it('that is different people is closed while the ruling holds', async () => {
    const { earlier, later } = await changedHands()
    const [one] = await cases()
    const { batchId } = await decide(one!, 'DIFFERENT')
    expect(await cases()).toEqual([])
    expect(await customerOf(earlier.profileId)).not.toBe(await customerOf(later.profileId))
    const again = await undo(batchId)
    expect(ids(await cases())).toEqual([one!.id])
    await undo(again.batchId)
    expect(await cases()).toEqual([])
    await expect(undo(newId())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(undo(again.batchId)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('about a number that changed hands takes it from who proved it earlier, whose own profiles stay together', async () => {
    const phone = '13612340001'
    const [first, second] = await resolve(seed.test, seed.tenant, [
      { source: 'a', externalId: newId(), phone, at: OLD },
      { source: 'c', externalId: newId(), phone, at: OLD },
    ])
    const [later] = await resolve(seed.test, seed.tenant, [{ source: 'b', externalId: newId(), phone, at: NEW }])
    const [one] = await cases()
    await decide(one!, 'CHANGED_HANDS')
    expect(await cases()).toEqual([])
    const [a, b, c] = await Promise.all([first!, second!, later!].map(({ profileId }) => customerOf(profileId)))
    expect(a).toBe(b)
    expect(a).not.toBe(c)
    const states = (await seed.context().load.identifiersOf.load(a!))!.map(({ state }) => state)
    expect(states).toEqual(['RETRACTED', 'RETRACTED'])
    expect((await seed.context().load.identifiersOf.load(c!))!.map(({ state }) => state)).toEqual(['ACTIVE'])
  })

  it('that is decided later is snoozed, keeps what people set when its graph changes, and fits no wrong decision', async () => {
    await twoUnionids()
    const [one] = await cases()
    await expect(decide(one!, 'CHANGED_HANDS')).rejects.toMatchObject({ details: { reason: 'DECISION_DOES_NOT_FIT' } })
    await expect(decide(one!, 'LATER')).rejects.toMatchObject({ details: { reason: 'UNTIL_NEEDED' } })
    await expect(decide(one!, 'LATER', { until: OLD })).rejects.toMatchObject({ details: { reason: 'UNTIL_NEEDED' } })
    const until = new Date('2100-01-01')
    await decide(one!, 'LATER', { until, expectedVersion: 1 })
    await expect(decide(one!, 'LATER', { until, expectedVersion: 1 })).rejects.toMatchObject({ details: { reason: 'STALE_VERSION' } })
    await seed.test.owner.query('UPDATE profiles SET last_seen_at = now() WHERE tenant_id = $1', [seed.tenant])
    await twoUnionids(`1371234${String(phones).padStart(4, '0')}`)
    expect((await cases({ isSnoozed: true })).find(({ id }) => id === one!.id)).toMatchObject({ snoozedUntil: until, version: 2 })
    expect(ids(await cases({ isSnoozed: false }))).not.toContain(one!.id)
    await expect(decide({ ...one!, id: newId() }, 'SAME')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    seed.tenant = newId()
    await expect(decide(one!, 'SAME')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('is assigned to an active member of staff, with a deadline, and is found by both', async () => {
    await twoUnionids()
    await changedHands()
    const [one, other] = await cases()
    const { id: assigneeId } = await addStaff(seed.context(), {
      idempotencyKey: key(),
      subject: newId(),
      name: 'Li',
      roles: ['AGENT'],
    } as never)
    const assign = (more: object) => assignReviewCase(seed.context(), { idempotencyKey: key(), reviewCaseId: one!.id, ...more })
    await assign({ assigneeId, dueAt: NEW })
    expect(ids(await cases({ assigneeId }))).toEqual([one!.id])
    expect(ids(await cases({ isAssigned: false }))).toEqual([other!.id])
    expect(ids(await cases({ dueBefore: new Date('2026-02-01') }))).toEqual([one!.id])
    expect(await cases({ dueBefore: OLD })).toEqual([])
    await expect(assign({ assigneeId: newId() })).rejects.toMatchObject({ details: { reason: 'ASSIGNEE_NOT_FOUND' } })
    await expect(assign({ expectedVersion: 1 })).rejects.toMatchObject({ details: { reason: 'STALE_VERSION' } })
    await assign({})
    expect(await cases({ isAssigned: true })).toEqual([])
  })
})

describe('decisions about many cases', () => {
  const bulk = (input: object) =>
    decideReviewCases(seed.context(), { idempotencyKey: key(), decision: 'DIFFERENT', reason: 'seen', ...input } as never)

  it('decide what their preview shows, and are undone together', async () => {
    for (let no = 0; no < 3; no++) await changedHands()
    await twoUnionids()
    const selection = { filter: { reason: 'CHANGED_HANDS' as const } }
    const preview = await previewReviewDecisions(seed.context(), { cases: selection, decision: 'DIFFERENT' })
    expect(preview).toMatchObject({ count: 3, hasMore: false, byReason: [{ reason: 'CHANGED_HANDS', count: 3 }] })
    expect(preview.sample).toHaveLength(3)
    const before = ids(await cases()).toSorted()
    const { batchId, ...counts } = await bulk({ cases: selection })
    expect(counts).toEqual({ decided: 3, skipped: 0, hasMore: false })
    expect((await cases()).map(({ reason }) => reason)).toEqual(['DIFFERENT_UNIONIDS'])
    expect(await undo(batchId)).toMatchObject({ undone: 3 })
    expect(ids(await cases()).toSorted()).toEqual(before)
  })

  it('skip cases that the decision does not fit, or that are not open', async () => {
    await changedHands()
    await twoUnionids()
    const reviewCaseIds = [...ids(await cases()), newId()]
    expect(await bulk({ cases: { reviewCaseIds }, decision: 'CHANGED_HANDS' })).toMatchObject({ decided: 1, skipped: 2 })
    await expect(bulk({ cases: {} })).rejects.toMatchObject({ code: 'INVALID' })
    await expect(bulk({ cases: { filter: {}, reviewCaseIds } })).rejects.toMatchObject({ code: 'INVALID' })
  })
})
