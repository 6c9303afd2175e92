import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { complianceOf } from '../../test/fixture.ts'
import { complianceSeed } from '../../test/seed.ts'
import { hashOf } from '../purposes/purpose.ts'
import { consentResolvers } from './consent.resolvers.ts'
import { withdrawConsent } from './withdraw-consent.ts'

const seed = complianceSeed()
const grant = (profile: string, more: object = {}) => seed.people.grant(profile, 'marketing', 'EMAIL', more)
const factOf = async ({ id }: { id: string }) => (await seed.context().load.consent.load(id))!

describe('a consent', () => {
  it.each([
    ['a separate consent', { consentLevel: 'SEPARATE' }, { level: 'SEPARATE' }, 'LEVEL_TOO_LOW'],
    ['a double opt-in', { isDoubleOptIn: true }, { isConfirmed: true }, 'NOT_CONFIRMED'],
  ] as const)('counts for a purpose that needs %s only when it is one', async (_what, terms, more, reason) => {
    await seed.people.define(terms)
    const profile = await seed.people.meet()
    await grant(profile)
    expect(await seed.people.decide(profile)).toMatchObject({ isAllowed: false, reasons: [reason] })
    await grant(profile, more)
    expect(await seed.people.decide(profile)).toMatchObject({ isAllowed: true })
  })

  it('to a purpose for minors counts with a guardian only, who must be known and another person', async () => {
    await seed.people.define({ isForMinors: true })
    const [profile, guardianProfileId] = [await seed.people.meet(), await seed.people.meet()]
    await grant(profile)
    expect(await seed.people.decide(profile)).toMatchObject({ isAllowed: false, reasons: ['NO_GUARDIAN'] })
    const field = { fields: { guardianProfileId: expect.any(String) } }
    const theirs = await complianceOf(seed.test, newId()).meet()
    for (const id of [newId(), theirs])
      await expect(grant(profile, { guardianProfileId: id })).rejects.toMatchObject({ code: 'NOT_FOUND', ...field })
    await expect(grant(profile, { guardianProfileId: profile })).rejects.toMatchObject({ code: 'INVALID', ...field })
    expect(await factOf(await grant(profile, { guardianProfileId }))).toMatchObject({ guardianProfileId })
    expect(await seed.people.decide(profile)).toMatchObject({ isAllowed: true })
  })

  it('on another legal basis serves no marketing, but a service', async () => {
    await seed.people.define()
    const profile = await seed.people.meet()
    await grant(profile, { basis: 'CONTRACT' })
    expect(await seed.people.decide(profile)).toMatchObject({ isAllowed: false, reasons: ['BASIS_NOT_CONSENT'] })
    await seed.people.redefine({ messageClass: 'TRANSACTIONAL' })
    expect(await seed.people.decide(profile)).toMatchObject({ isAllowed: true, reasons: ['CONSENT_GRANTED'] })
  })

  it('counts until its end, which is later than the statement', async () => {
    await seed.people.define()
    const profile = await seed.people.meet()
    const [yesterday, lastWeek] = [1, 7].map((days) => new Date(Date.now() - days * 86_400_000))
    await grant(profile, { expiresAt: new Date(Date.now() + 60_000) })
    expect(await seed.people.decide(profile)).toMatchObject({ isAllowed: true })
    const other = await seed.people.meet()
    await grant(other, { statedAt: lastWeek, expiresAt: yesterday, noticeVersion: 1 })
    expect(await seed.people.decide(other)).toMatchObject({ isAllowed: false, reasons: ['EXPIRED'] })
    await expect(grant(profile, { expiresAt: yesterday })).rejects.toMatchObject({
      code: 'INVALID',
      fields: { expiresAt: expect.any(String) },
    })
  })

  it('names its notice by the hash of the text as well', async () => {
    await seed.people.define({ noticeText: 'first' })
    await seed.people.redefine({ noticeText: 'second' })
    const profile = await seed.people.meet()
    expect(await factOf(await grant(profile, { noticeHash: hashOf('first') }))).toMatchObject({ noticeVersion: 1 })
    expect(await factOf(await grant(profile, { noticeHash: hashOf('second'), noticeVersion: 2 }))).toMatchObject({ noticeVersion: 2 })
    const wrong = [{ noticeHash: hashOf('third') }, { noticeHash: hashOf('first'), noticeVersion: 2 }]
    for (const more of wrong)
      await expect(grant(profile, more)).rejects.toMatchObject({ code: 'NOT_FOUND', fields: { noticeHash: expect.any(String) } })
    await expect(grant(profile, { noticeHash: 'x' })).rejects.toMatchObject({ code: 'INVALID', fields: { noticeHash: expect.any(String) } })
  })
})

describe('the proof of a statement', () => {
  const proof = { formVersion: 'f-7', pageUrl: 'https://shop.example/join', ipAddress: '203.0.113.7', userAgent: 'Browser/1' }
  const read = async (made: { id: string }) => consentResolvers.Consent.proof(await factOf(made), {}, seed.context())

  it('is read back by its parts, and stands sealed in the database', async () => {
    await seed.people.define()
    const profile = await seed.people.meet()
    const made = await grant(profile, { proof })
    expect(await read(made)).toEqual({ ...proof, screenshotRef: null })
    const { rows } = await seed.test.owner.query<{ row: string }>('SELECT c::text AS row FROM consents c WHERE tenant_id = $1', [
      seed.tenant,
    ])
    const stored = Buffer.from(/\\x([0-9a-f]+)/.exec(rows[0]!.row)![1]!, 'hex').toString('latin1')
    for (const text of [rows[0]!.row, stored]) expect(text).not.toContain('203.0.113.7')
    expect(await read(await grant(profile))).toBeNull()
  })

  it('is kept for a withdrawal too', async () => {
    await seed.people.define()
    const input = {
      idempotencyKey: key(),
      subject: { profileId: await seed.people.meet() },
      purpose: 'marketing',
      method: 'm',
      proof,
    } as const
    expect(await read(await withdrawConsent(seed.context(), { ...input, channel: 'EMAIL' }))).toMatchObject({ ipAddress: '203.0.113.7' })
  })

  it.each([
    ['ipAddress', '999.1.1.1'],
    ['pageUrl', 'javascript:alert(1)'],
    ['pageUrl', 'no page'],
    ['userAgent', 'x'.repeat(501)],
    ['formVersion', ''],
  ])('with the %s %s is refused, and names the field', async (field, value) => {
    await seed.people.define()
    await expect(grant(await seed.people.meet(), { proof: { ...proof, [field]: value } })).rejects.toMatchObject({
      code: 'INVALID',
      fields: { [`proof.${field}`]: expect.any(String) },
    })
  })
})
