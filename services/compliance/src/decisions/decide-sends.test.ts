import { timestampDate } from '@bufbuild/protobuf/wkt'
import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { key, testViewer } from '@renmai/platform/testing/viewers'
import { SendsDecidedSchema } from '@renmai/proto/compliance/v1/events'
import { describe, expect, it } from 'vitest'
import { complianceOf } from '../../test/fixture.ts'
import { complianceSeed } from '../../test/seed.ts'
import { grantConsent } from '../consents/grant-consent.ts'

const seed = complianceSeed()

describe('the gate', () => {
  it('allows messages with consent, per channel and purpose, and stores a receipt for every answer', async () => {
    const { define, meet, grant, decide } = seed.people
    await define()
    const profile = await meet()
    expect(await decide(profile)).toMatchObject({ isAllowed: false, reasons: ['NO_CONSENT'] })
    const { id } = await grant(profile)
    const allowed = await decide(profile)
    expect(allowed).toMatchObject({ isAllowed: true, reasons: ['CONSENT_GRANTED'] })
    expect(await decide(profile, 'marketing', 'SMS')).toMatchObject({ isAllowed: false })
    const { rows } = await seed.test.owner.query('SELECT is_allowed, consent_ids FROM decisions WHERE tenant_id = $1 ORDER BY id', [
      seed.tenant,
    ])
    expect(rows.map((row) => row.is_allowed)).toEqual([false, true, false])
    expect(rows[1].consent_ids).toEqual([id])
  })

  it('publishes each decision, without personal data', async () => {
    await seed.people.define()
    const profileId = await seed.people.meet()
    const { decisionId, messageId } = await seed.people.decide(profileId)
    const mine = (await published(seed.test, SendsDecidedSchema)).filter(({ tenantId }) => tenantId === seed.tenant)
    expect(mine.map(({ decisions }) => decisions)).toMatchObject([
      [{ decisionId, messageId, profileId, purpose: 'marketing', channel: 'EMAIL', isAllowed: false, reasons: ['NO_CONSENT'] }],
    ])
    const { rows } = await seed.test.owner.query('SELECT at FROM decisions WHERE id = $1', [decisionId])
    expect(timestampDate(mine[0]!.decisions[0]!.at!)).toEqual(rows[0].at)
  })

  it("applies a withdrawal from its answer on, and never another tenant's", async () => {
    await seed.people.define()
    const profile = await seed.people.meet()
    await seed.people.grant(profile)
    await seed.people.withdraw(profile)
    expect(await seed.people.decide(profile)).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN'] })
    const others = complianceOf(seed.test, newId())
    await others.define()
    expect(await others.decide(profile)).toMatchObject({ isAllowed: false, reasons: ['NO_CONSENT'] })
  })

  it('applies the stricter of two profiles of one customer, and each by itself after a split', async () => {
    const { define, hear, grant, withdraw, decide } = seed.people
    await define()
    const [p, q, c, d] = [newId(), newId(), newId(), newId()]
    await hear(seed.people.link(p, c, 1n), seed.people.link(q, d, 1n))
    await grant(p)
    await withdraw(q)
    expect((await decide(p)).isAllowed).toBe(true)
    await hear(seed.people.link(q, c, 2n))
    expect(await decide(p)).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN'] })
    await hear(seed.people.link(q, d, 3n))
    expect((await decide(p)).isAllowed).toBe(true)
  })

  it('allows a welcome that no tenant has defined, unless the customer has withdrawn from all marketing', async () => {
    const { define, meet, grant, withdraw, decide } = seed.people
    const profile = await meet()
    expect(await decide(profile, 'welcome')).toMatchObject({ isAllowed: true, reasons: ['TRANSACTIONAL'] })
    await define()
    await grant(profile)
    await withdraw(profile)
    expect(await decide(profile, 'welcome')).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN_MARKETING'] })
  })

  it('counts consent to the notice in force only', async () => {
    const { define, redefine, meet, grant, decide } = seed.people
    await define()
    const profile = await meet()
    await grant(profile)
    expect(await redefine({ noticeText: 'we write to you' })).toMatchObject({ noticeVersion: 1, version: 1 })
    expect(await redefine({ noticeText: 'we write to you more often' })).toMatchObject({ noticeVersion: 2, version: 2 })
    expect(await decide(profile)).toMatchObject({ isAllowed: false, reasons: ['STALE_NOTICE'] })
  })

  it('refuses a consent without a purpose, and a viewer without the scope', async () => {
    await expect(seed.people.grant(await seed.people.meet())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const ctx = { ...seed.context(), viewer: testViewer(seed.tenant, ['consents:read']) }
    await expect(
      grantConsent(ctx, { idempotencyKey: key(), subject: { profileId: newId() }, purpose: 'marketing', channel: 'EMAIL', method: 'x' }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('lets the application change neither facts nor receipts', async () => {
    for (const table of ['consents', 'decisions', 'audit_entries', 'notices', 'purpose_versions']) {
      await expect(seed.test.db.pool.query(`UPDATE ${table} SET tenant_id = tenant_id`)).rejects.toThrow(/permission denied/)
      await expect(seed.test.db.pool.query(`DELETE FROM ${table}`)).rejects.toThrow(/permission denied/)
    }
  })
})
