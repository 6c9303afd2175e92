import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { testViewer } from '@renmai/platform/testing/viewers'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { PolicyChangedSchema } from '@renmai/proto/compliance/v1/events'
import { describe, expect, it } from 'vitest'
import { complianceSeed } from '../../test/seed.ts'
import { createPurpose } from './create-purpose.ts'

const seed = complianceSeed()

const transactional = { messageClass: 'TRANSACTIONAL' as const }
const service = { key: 'service', ...transactional }

describe('the class of a purpose', () => {
  it('decides which consent a message needs, and is on the receipt with its version', async () => {
    await seed.people.define({ key: 'service' })
    const profile = await seed.people.meet()
    expect(await seed.people.decide(profile, 'service')).toMatchObject({ isAllowed: false, reasons: ['NO_CONSENT'] })
    await seed.people.redefine(transactional, 'service')
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
    await seed.people.redefine({ isRequired: true }, 'service')
    expect(await seed.people.decide(profile, 'service')).toMatchObject({ isAllowed: true, reasons: ['REQUIRED'] })
  })

  it('is stored by version with its author, published and audited', async () => {
    await seed.people.define({ key: 'service' })
    for (const change of [{}, transactional, { isRequired: true }]) await seed.people.redefine(change, 'service')
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
      ['createPurpose', ...Array(3).fill('updatePurpose')].map((action) => ({ action, targetId: 'service' })),
    )
  })

  it('is set with consents:write only, and required is never marketing', async () => {
    await expect(seed.people.define({ isRequired: true })).rejects.toMatchObject({
      code: 'INVALID',
      fields: { isRequired: expect.any(String) },
    })
    const ctx = { ...seed.context(), viewer: testViewer(seed.tenant, ['campaigns:write', 'messages:write', 'consents:read']) }
    const input = { idempotencyKey: newId(), key: 'service', name: 's', consentLevel: 'GENERAL' as const, noticeText: 'n' }
    await expect(createPurpose(ctx, { ...input, messageClass: 'TRANSACTIONAL' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})
