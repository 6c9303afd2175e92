import { newId } from '@renmai/platform/serve/ids'
import { key, testViewer } from '@renmai/platform/testing/viewers'
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

  it('counts consent to the notice in force only', async () => {
    const { define, meet, grant, decide } = seed.people
    await define()
    const profile = await meet()
    await grant(profile)
    expect(await define()).toMatchObject({ noticeVersion: 1, version: 1 })
    expect(await define({ noticeText: 'we write to you more often' })).toMatchObject({ noticeVersion: 2, version: 2 })
    expect(await decide(profile)).toMatchObject({ isAllowed: false, reasons: ['STALE_NOTICE'] })
  })

  it('refuses a consent without a purpose, and a viewer without the scope', async () => {
    await expect(seed.people.grant(await seed.people.meet())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const ctx = { ...seed.context(), viewer: testViewer(seed.tenant, ['consents:read']) }
    await expect(
      grantConsent(ctx, { idempotencyKey: key(), profileId: newId(), purpose: 'marketing', channel: 'EMAIL', method: 'x' }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('lets the application change neither facts nor receipts', async () => {
    for (const table of ['consents', 'decisions', 'audit_entries', 'notices', 'purpose_versions']) {
      await expect(seed.test.db.pool.query(`UPDATE ${table} SET tenant_id = tenant_id`)).rejects.toThrow(/permission denied/)
      await expect(seed.test.db.pool.query(`DELETE FROM ${table}`)).rejects.toThrow(/permission denied/)
    }
  })
})
