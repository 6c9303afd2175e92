import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { testViewer } from '@renmai/platform/testing/viewers'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { PolicyChangedSchema } from '@renmai/proto/compliance/v1/events'
import { describe, expect, it } from 'vitest'
import { complianceOf } from '../../test/fixture.ts'
import { complianceSeed } from '../../test/seed.ts'
import { definePurpose } from './define-purpose.ts'

const seed = complianceSeed()

const service = { key: 'service', messageClass: 'TRANSACTIONAL' as const }

describe('the class of a purpose', () => {
  it('decides which consent a message needs, and is on the receipt with its version', async () => {
    await seed.people.define({ key: 'service' })
    const profile = await seed.people.meet()
    expect(await seed.people.decide(profile, 'service')).toMatchObject({ isAllowed: false, reasons: ['NO_CONSENT'] })
    await seed.people.define(service)
    expect(await seed.people.decide(profile, 'service')).toMatchObject({ isAllowed: true, reasons: ['TRANSACTIONAL'] })
    await seed.people.decide(profile, 'unknown')
    const { rows } = await seed.test.owner.query('SELECT message_class, purpose_version FROM decisions WHERE tenant_id = $1 ORDER BY id', [
      seed.tenant,
    ])
    expect(rows).toEqual([
      { message_class: 'COMMERCIAL', purpose_version: 1 },
      { message_class: 'TRANSACTIONAL', purpose_version: 2 },
      { message_class: 'COMMERCIAL', purpose_version: null },
    ])
  })

  it('allows no message after a withdrawal from all marketing, unless law or contract requires it', async () => {
    await seed.people.define({ key: 'news' })
    await seed.people.define(service)
    const profile = await seed.people.meet()
    await seed.people.grant(profile, 'news')
    expect(await seed.people.decide(profile, 'service')).toMatchObject({ isAllowed: true })
    const { id } = await seed.people.withdraw(profile, 'news')
    const refused = await seed.people.decide(profile, 'service')
    expect(refused).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN_MARKETING'] })
    const { rows } = await seed.test.owner.query('SELECT consent_ids FROM decisions WHERE id = $1', [refused.decisionId])
    expect(rows).toEqual([{ consent_ids: [id] }])
    await seed.people.define({ ...service, isRequired: true })
    expect(await seed.people.decide(profile, 'service')).toMatchObject({ isAllowed: true, reasons: ['REQUIRED'] })
  })

  it('is stored by version with its author, published and audited', async () => {
    for (const change of [{}, {}, service, { ...service, isRequired: true }]) await seed.people.define({ key: 'service', ...change })
    const { rows } = await seed.test.owner.query(
      'SELECT version, message_class, is_required, defined_by FROM purpose_versions WHERE tenant_id = $1 ORDER BY version',
      [seed.tenant],
    )
    expect(rows).toMatchObject([
      { version: 1, message_class: 'COMMERCIAL', is_required: false, defined_by: expect.any(String) },
      { version: 2, message_class: 'TRANSACTIONAL', is_required: false },
      { version: 3, message_class: 'TRANSACTIONAL', is_required: true },
    ])
    const mine = (events: { tenantId: string }[]) => events.filter((one) => one.tenantId === seed.tenant)
    expect(mine(await published(seed.test, PolicyChangedSchema))).toMatchObject([
      { purposeVersion: 1, messageClass: 'COMMERCIAL', noticeVersion: 1 },
      { purposeVersion: 2, messageClass: 'TRANSACTIONAL', isRequired: false },
      { purposeVersion: 3, isRequired: true },
    ])
    expect(mine(await published(seed.test, ActionRecordedSchema))).toMatchObject(
      Array(4).fill({ action: 'definePurpose', targetId: 'service' }),
    )
  })

  it('is set with consents:write only, and required is never marketing', async () => {
    await expect(seed.people.define({ isRequired: true })).rejects.toMatchObject({
      code: 'INVALID',
      fields: { isRequired: expect.any(String) },
    })
    const ctx = { ...seed.context(), viewer: testViewer(seed.tenant, ['campaigns:write', 'messages:write', 'consents:read']) }
    const input = { idempotencyKey: newId(), key: 'service', name: 's', consentLevel: 'GENERAL' as const, noticeText: 'n' }
    await expect(definePurpose(ctx, { ...input, messageClass: 'TRANSACTIONAL' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('a consent', () => {
  it('for a profile of another tenant, or an unknown one, is refused', async () => {
    const others = complianceOf(seed.test, newId())
    await seed.people.define()
    for (const profile of [newId(), await others.meet()])
      for (const say of [seed.people.grant, seed.people.withdraw])
        await expect(say(profile)).rejects.toMatchObject({ code: 'NOT_FOUND', fields: { profileId: expect.stringContaining('try again') } })
    expect((await seed.test.owner.query('SELECT 1 FROM consents WHERE tenant_id = $1', [seed.tenant])).rowCount).toBe(0)
  })

  it.each(['0001-01-01T00:00:00Z', '1989-12-31T23:59:59Z', '+275760-09-13T00:00:00Z', '2999-01-01T00:00:00Z'])(
    'of %s is refused',
    async (at) => {
      await seed.people.define()
      const said = seed.people.grant(await seed.people.meet(), 'marketing', 'EMAIL', { at: new Date(at) })
      await expect(said).rejects.toMatchObject({ code: 'INVALID', fields: { at: expect.any(String) } })
    },
  )

  it('from more than a minute in the future is refused: it would count over every later statement', async () => {
    await seed.people.define()
    const profile = await seed.people.meet()
    await seed.people.grant(profile, 'marketing', 'EMAIL', { at: new Date() })
    const ahead = seed.people.grant(profile, 'marketing', 'EMAIL', { at: new Date(Date.now() + 3_600_000) })
    await expect(ahead).rejects.toMatchObject({ code: 'INVALID' })
  })
})
