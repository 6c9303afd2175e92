import { dumpTables } from '@renmai/platform/testing/database'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { describe, expect, it } from 'vitest'
import { identitySeed } from '../../test/seed.ts'
import { blockIdentifier } from '../graph/block-identifier.ts'
import { separateCustomers } from '../graph/separate-customers.ts'
import { resolveIdentifiers } from './resolve-identifiers.ts'

const seed = identitySeed()
const phone = (value: string, isVerified = true) => ({ namespace: 'phone', value, isVerified })
const unionid = (value: string) => ({ namespace: 'unionid@corp', value })
const resolution = (...identifiers: { namespace: string; value: string; isVerified?: boolean }[]) =>
  resolveIdentifiers(seed.context(), { identifiers })

describe('resolve', () => {
  it('states where each identifier leads, masked, and whom one claim with all would be, and writes nothing', async () => {
    const a = await seed.meet({ phone: '13912345678' })
    const b = await seed.meet({ source: 'mp', unionid: 'u-1' })
    const before = await dumpTables(seed.test)
    const { identifiers, customerId, isNew, joinedIds, conflicts } = await resolution(
      phone('139 1234 5678'),
      unionid('u-1'),
      phone('13800138000'),
    )
    expect(identifiers).toMatchObject([
      { kind: 'phone', value: '+86139****5678', tier: 1, state: 'ACTIVE', customerId: a.customerId, customers: 1, problem: null },
      { kind: 'unionid@corp', tier: 1, customerId: b.customerId, customers: 1 },
      { kind: 'phone', problem: 'JUNK_IDENTIFIER', value: null, customerId: null, tier: null },
    ])
    expect({ customerId, isNew, joinedIds, conflicts }).toEqual({
      customerId: a.customerId,
      isNew: false,
      joinedIds: [b.customerId],
      conflicts: [],
    })
    expect(await dumpTables(seed.test)).toEqual(before)
    const [claimed] = [await seed.meet({ source: 'form', phone: '13912345678', unionid: 'u-1' })]
    expect(claimed!.customerId).toBe(a.customerId)
  })

  it('agrees with a claim that is made: new ones, unproven ones, those of too many, and blocked ones', async () => {
    await seed.meet({ phone: '13912345678' })
    expect(await resolution(phone('13700000001'))).toMatchObject({ customerId: null, isNew: true })
    expect(await resolution(phone('13912345678', false))).toMatchObject({ isNew: true, identifiers: [{ tier: 2 }] })
    const till = '13912340000'
    for (let no = 0; no < 3; no++) await seed.meet({ source: 'till', phone: till })
    const ofTill = () => resolveIdentifiers(seed.context(), { identifiers: [phone(till)], source: 'till' })
    expect(await ofTill()).toMatchObject({ isNew: true, identifiers: [{ state: 'SHARED' }] })
    expect((await seed.meet({ source: 'till', phone: till })).isNew).toBe(true)
    await blockIdentifier(seed.context(), { idempotencyKey: key(), namespace: 'phone', value: '13912345678', reason: 'test' })
    expect(await resolution(phone('13912345678'))).toMatchObject({ isNew: true, identifiers: [{ state: 'BLOCKED' }] })
  })

  it('names the customers that stay apart, and why', async () => {
    const old = new Date('2020-01-01')
    const a = await seed.meet({ phone: '13912345678', at: old, unionid: 'u-1' })
    expect((await resolution(phone('13912345678'))).conflicts).toMatchObject([
      { customerId: a.customerId, kind: 'phone', sentence: { code: 'CHANGED_HANDS', english: expect.stringContaining('phone') } },
    ])
    const b = await seed.meet({ phone: '13700000001', unionid: 'u-2' })
    const split = await resolution(phone('13700000001'), unionid('u-3'))
    expect(split).toMatchObject({ isNew: true, conflicts: [{ customerId: b.customerId, sentence: { code: 'DIFFERENT_UNIONIDS' } }] })
    const c = await seed.meet({ source: 'x', phone: '13700000002' })
    const d = await seed.meet({ source: 'y', email: 'd@mail.example' })
    await separateCustomers(seed.context(), { idempotencyKey: key(), customerA: c.customerId, customerB: d.customerId, reason: 'test' })
    const both = await resolution(phone('13700000002'), { namespace: 'email', value: 'd@mail.example', isVerified: true })
    expect(both.customerId).toBe(c.customerId)
    expect(both.conflicts).toMatchObject([{ customerId: d.customerId, sentence: { code: 'SEPARATED_BY_PERSON' } }])
  })

  it('needs personal:read for a personal identifier, audits each, and is bounded', async () => {
    const ctx = seed.context()
    const blind = { ...ctx, viewer: { ...ctx.viewer, scopes: new Set(['customers:read']) } }
    await expect(resolveIdentifiers(blind, { identifiers: [phone('13912345678')] })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await resolveIdentifiers(blind, { identifiers: [unionid('u-1')] })).toMatchObject({ isNew: true })
    await resolution(phone('13912345678'), phone('13700000001'), unionid('u-1'))
    const audits = (await published(seed.test, ActionRecordedSchema)).filter(
      ({ action, tenantId }) => action === 'resolve' && tenantId === seed.tenant,
    )
    expect(audits).toHaveLength(2)
    const many = Array.from({ length: 21 }, () => unionid('u'))
    await expect(resolution(...many)).rejects.toMatchObject({ details: { reason: 'TOO_MANY_IDENTIFIERS' } })
    await expect(resolution()).rejects.toMatchObject({ details: { reason: 'TOO_MANY_IDENTIFIERS' } })
  })

  it('knows nothing of another tenant', async () => {
    await seed.meet({ unionid: 'u-1' })
    const other = seed.context(crypto.randomUUID())
    expect(await resolveIdentifiers(other, { identifiers: [unionid('u-1')] })).toMatchObject({
      isNew: true,
      identifiers: [{ customers: 0 }],
    })
  })
})
