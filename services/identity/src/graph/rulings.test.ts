import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { CustomerSplitSchema, CustomersMergedSchema } from '@renmai/proto/identity/v1/events'
import { describe, expect, it } from 'vitest'
import { resolve } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { mergeCustomers } from '../customers/merge-customers.ts'
import { unmergeCustomers } from '../customers/unmerge-customers.ts'
import { revealIdentifier } from '../profiles/reveal-identifier.ts'
import { blockIdentifier } from './block-identifier.ts'
import { listIdentityRulings } from './list-identity-rulings.ts'
import { retractIdentifier } from './retract-identifier.ts'
import { separateCustomers } from './separate-customers.ts'
import { undoIdentityRuling } from './undo-identity-ruling.ts'

const seed = identitySeed()
const reason = 'test'
const phone = '13912345678'
const customerOf = async (profileId: string) => (await seed.context().load.profile.load(profileId))!.customerId
const merge = (survivorId: string, absorbedId: string) =>
  mergeCustomers(seed.context(), { idempotencyKey: key(), survivorId, absorbedId, reason })
const unmerge = (mergeId: string) => unmergeCustomers(seed.context(), { idempotencyKey: key(), mergeId, reason })
const undo = (rulingId: string) => undoIdentityRuling(seed.context(), { idempotencyKey: key(), rulingId, reason })
const identifierOf = async (customerId: string) => (await seed.context().load.identifiersOf.load(customerId))![0]!
const decisionsOf = async (customerId: string) => (await seed.context().load.mergesOf(customerId, {})).nodes
const two = async () => [await seed.meet({ source: 'shop', phone }), await seed.meet({ source: 'wecom', externalId: 'b', phone })] as const

describe('an identifier', () => {
  it('that is retracted from a profile joins it no longer, also when its source names it again, until that is undone', async () => {
    const [a, b] = await two()
    expect(b.customerId).toBe(a.customerId)
    const { identifierId } = await identifierOf(a.customerId)
    const retract = () => retractIdentifier(seed.context(), { idempotencyKey: key(), profileId: b.profileId, identifierId, reason })
    const evidenceOf = async () => (await seed.context().load.evidenceOf(a.customerId, {})).nodes.length
    expect(await evidenceOf()).toBe(1)
    const { rulingId, customerId } = await retract()
    expect(customerId).not.toBe(a.customerId)
    expect(await evidenceOf()).toBe(0)
    await expect(retract()).rejects.toMatchObject({ code: 'CONFLICT' })
    const [again] = await resolve(seed.test, seed.tenant, [{ source: 'third', externalId: '3', phone }])
    expect(again!.customerId).toBe(a.customerId)
    expect((await seed.context().load.identifiersOf.load(customerId))!.map(({ state }) => state)).toEqual(['RETRACTED'])
    await undo(rulingId)
    expect(await customerOf(b.profileId)).toBe(a.customerId)
    await expect(undo(rulingId)).rejects.toMatchObject({ code: 'CONFLICT' })
    const unknown = retractIdentifier(seed.context(), { idempotencyKey: key(), profileId: a.profileId, identifierId: a.profileId, reason })
    await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('that is blocked is nobody’s, in any spelling, also of those whom it joined before', async () => {
    const [a, b] = await two()
    const block = () => blockIdentifier(seed.context(), { idempotencyKey: key(), namespace: 'phone', value: '+86 139 1234 5678', reason })
    const { rulingId } = await block()
    expect(await customerOf(b.profileId)).not.toBe(a.customerId)
    await expect(block()).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await identifierOf(a.customerId)).state).toBe('BLOCKED')
    await undo(rulingId)
    expect(await customerOf(b.profileId)).toBe(a.customerId)
  })

  it('of a till joins nobody: those whom it joined are split when too many carry it, with a decision that states it', async () => {
    const cards = []
    for (let no = 0; no < 5; no++) cards.push(await seed.meet({ source: 'cards', externalId: String(no), phone }))
    const customers = await Promise.all(cards.map(({ profileId }) => customerOf(profileId)))
    expect(new Set(customers).size).toBe(5)
    const splits = (await decisionsOf(customers[0]!)).filter(({ kind }) => kind === 'UNMERGE')
    expect(splits).toMatchObject([{ decidedBy: 'rule:NO_EVIDENCE' }, { decidedBy: 'rule:NO_EVIDENCE' }])
    expect((await identifierOf(customers[0]!)).state).toBe('SHARED')
    const batch = Array.from({ length: 12 }, (_, no) => ({ source: 'tills', externalId: String(no), phone: '13912340000' }))
    expect(new Set((await resolve(seed.test, seed.tenant, batch)).map(({ customerId }) => customerId)).size).toBe(12)
  })

  it('is shown masked, and whole only with personal:read and a reason, once', async () => {
    const { profileId, customerId } = await seed.meet({ phone })
    const { identifierId } = await identifierOf(customerId)
    const idempotencyKey = key()
    const ctx = seed.context()
    const reveal = (as = ctx) => revealIdentifier(as, { idempotencyKey, profileId, identifierId, reason: 'a call' })
    expect((await reveal()).value).toBe('+8613912345678')
    expect((await reveal()).value).toBeUndefined()
    const blind = { ...ctx, viewer: { ...ctx.viewer, scopes: new Set(['customers:read']) } }
    await expect(reveal(blind)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('profiles with other names and birthdays', () => {
  it('are split also when a later claim states them without any identifier', async () => {
    const of = (externalId: string, name: string, birthday: string) => ({ source: externalId, externalId, name, attributes: { birthday } })
    const [a, b] = await resolve(seed.test, seed.tenant, [
      { ...of('a', '王芳', '1990-01-01'), phone },
      { source: 'b', externalId: 'b', phone },
    ])
    expect(b!.customerId).toBe(a!.customerId)
    await resolve(seed.test, seed.tenant, [of('b', '李娜', '1985-05-05')])
    expect(await customerOf(b!.profileId)).not.toBe(await customerOf(a!.profileId))
  })
})

describe('rulings', () => {
  it('that two customers are different people hold against every later rule, and a merge by a person ends them', async () => {
    const [a, b] = [await seed.meet({ source: 'shop', externalId: '1' }), await seed.meet({ source: 'wecom', externalId: '2' })]
    const separate = (customerB: string) =>
      separateCustomers(seed.context(), { idempotencyKey: key(), customerA: a.customerId, customerB, reason })
    const { rulingId } = await separate(b.customerId)
    await expect(separate(a.customerId)).rejects.toMatchObject({ code: 'INVALID' })
    const third = await seed.meet({ source: 'mail', email: 'a@mail.example' })
    await merge(third.customerId, b.customerId)
    await resolve(seed.test, seed.tenant, [
      { source: 'shop', externalId: '1', phone },
      { source: 'wecom', externalId: '2', phone },
    ])
    expect(await customerOf(a.profileId)).not.toBe(await customerOf(b.profileId))
    const { nodes } = await listIdentityRulings(seed.context(), {
      filter: { customerId: third.customerId, kind: 'CANNOT_LINK', holds: true },
    })
    expect(nodes.map(({ id }) => id)).toEqual([rulingId])
    await merge(await customerOf(a.profileId), await customerOf(b.profileId))
    expect((await seed.context().load.ruling.load(rulingId))?.holds).toBe(false)
  })

  it('are undone in any order, and so is their undoing', async () => {
    const [a, b, c] = [await seed.meet(), await seed.meet(), await seed.meet()]
    const [first, second] = [await merge(a.customerId, b.customerId), await merge(c.customerId, a.customerId)]
    await unmerge(first.mergeId)
    expect(await Promise.all([a, b, c].map(({ profileId }) => customerOf(profileId)))).toEqual([c.customerId, b.customerId, c.customerId])
    await expect(unmerge(first.mergeId)).rejects.toMatchObject({ code: 'CONFLICT' })
    const { nodes } = await listIdentityRulings(seed.context(), { filter: { kind: 'CANNOT_LINK' } })
    const { rulingId } = await undo(nodes.at(-1)!.id)
    expect(await customerOf(b.profileId)).toBe(c.customerId)
    await unmerge(second.mergeId)
    expect([await customerOf(b.profileId), await customerOf(c.profileId)]).toEqual([a.customerId, c.customerId])
    await undo(rulingId)
    expect(await customerOf(b.profileId)).toBe(b.customerId)
  })

  it('undo what a rule joined, and what came while both were one goes where its evidence puts it', async () => {
    const [a, b] = await two()
    const merged = (await decisionsOf(a.customerId))[0]!
    expect(merged).toMatchObject({
      kind: 'MERGE',
      decidedBy: 'rule:T1_SHARED_IDENTIFIER',
      ruleVersion: 2,
      evidence: [{ namespace: 'phone', weight: 19.8576 }],
    })
    await resolve(seed.test, seed.tenant, [{ source: 'wecom', externalId: 'b', email: 'b@mail.example' }])
    const late = await seed.meet({ source: 'mail', email: 'b@mail.example' })
    expect(late.customerId).toBe(a.customerId)
    await unmerge(merged.id)
    const [ofA, ofB] = [await customerOf(a.profileId), await customerOf(b.profileId)]
    expect(ofA).not.toBe(ofB)
    expect(await customerOf(late.profileId)).toBe(await customerOf(b.profileId))
  })

  it('publish where every id leads, also those that were merged away before', async () => {
    const [a, b, c] = [await seed.meet(), await seed.meet(), await seed.meet()]
    await merge(b.customerId, c.customerId)
    await unmerge((await merge(a.customerId, b.customerId)).mergeId)
    const mine = <T extends { tenantId: string }>(events: T[]) => events.filter(({ tenantId }) => tenantId === seed.tenant)
    const [merges, splits] = [
      mine(await published(seed.test, CustomersMergedSchema)),
      mine(await published(seed.test, CustomerSplitSchema)),
    ]
    expect(merges.at(-1)!.redirects).toMatchObject([{ customerId: c.customerId, mergedInto: a.customerId, version: 2n }])
    expect(splits.at(-1)!.redirects).toMatchObject([{ customerId: c.customerId, mergedInto: b.customerId, version: 3n }])
  })
})
