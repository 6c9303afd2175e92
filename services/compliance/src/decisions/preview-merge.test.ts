import { newId } from '@renmai/platform/serve/ids'
import { replyOf } from '@renmai/platform/testing/reply-of'
import { ComplianceService } from '@renmai/proto/compliance/v1/compliance_service'
import { MergeEffect } from '@renmai/proto/identity/v1/merge_preview'
import { describe, expect, it } from 'vitest'
import { complianceSeed } from '../../test/seed.ts'
import { previewMerge } from './preview-merge.ts'

const seed = complianceSeed()

async function preview(survivorProfileId: string, absorbedProfileId: string, tenantId = seed.tenant) {
  const ids = { tenantId, survivorId: newId(), absorbedId: newId() }
  const request = { ...ids, survivorProfileIds: [survivorProfileId], absorbedProfileIds: [absorbedProfileId] }
  const { changes } = await replyOf(
    ComplianceService.method.previewMerge,
    previewMerge(seed.test.db, () => new Date()),
    request,
  )
  return Object.fromEntries(changes.map(({ effect, count }) => [MergeEffect[effect], count]))
}

describe('the preview of a merge', () => {
  it('counts the consents and receipts of the absorbed customer, in the tenant only', async () => {
    const { people } = seed
    await people.define()
    const [ann, bob] = [await people.meet(), await people.meet()]
    await people.grant(ann)
    await people.grant(bob)
    await people.decide(bob)
    await people.decide(bob)
    expect(await preview(ann, bob)).toEqual({ CONSENTS: 1, SEND_DECISIONS: 2, CONSENTS_REFUSED: 0 })
    expect(await preview(ann, bob, newId())).toEqual({ CONSENTS: 0, SEND_DECISIONS: 0, CONSENTS_REFUSED: 0 })
  })

  it('counts what joining refuses, as the gate then refuses it', async () => {
    const { people } = seed
    await people.define()
    await people.define({ key: 'offers' })
    const [ann, bob, customerId] = [await people.meet(), await people.meet(), newId()]
    for (const purpose of ['marketing', 'offers']) await people.grant(ann, purpose)
    await people.withdraw(bob)
    await people.grant(bob, 'marketing', 'SMS')
    expect((await people.decide(ann)).isAllowed).toBe(true)
    expect(await preview(ann, bob)).toMatchObject({ CONSENTS_REFUSED: 1 })
    expect(await preview(bob, ann)).toMatchObject({ CONSENTS_REFUSED: 1 })
    await people.hear(people.link(ann, customerId, 2n), people.link(bob, customerId, 2n))
    expect((await people.decide(ann)).isAllowed).toBe(false)
    expect((await people.decide(ann, 'offers')).isAllowed).toBe(true)
    expect((await people.decide(ann, 'marketing', 'SMS')).isAllowed).toBe(true)
  })

  it('counts a withdrawal of an address that the other one carries', async () => {
    const { people } = seed
    await people.define()
    const [ann, bob, address] = [await people.meet(), await people.meet(), newId()]
    await people.carry(address, bob)
    await people.grant(ann)
    await seed.test.owner.query(
      `INSERT INTO consents (tenant_id, id, identifier_id, purpose, channel, status, notice_version, method, recorded_by, at)
       VALUES ($1, gen_random_uuid(), $2, 'marketing', 'EMAIL', 'WITHDRAWN', 1, 'link', 'x', now())`,
      [seed.tenant, address],
    )
    // With all marketing withdrawn, a welcome is refused too.
    expect(await preview(ann, bob)).toMatchObject({ CONSENTS: 1, CONSENTS_REFUSED: 2 })
  })
})
