import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { IdentifierObservedSchema } from '@renmai/proto/identity/v1/events'
import { FindProfilesRequestSchema, FindProfilesResponseSchema } from '@renmai/proto/identity/v1/identity_service'
import { describe, expect, it } from 'vitest'
import { ring } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { findProfiles } from './find-profiles.ts'
import { mergeCustomers } from './merge-customers.ts'

const seed = identitySeed()
const viewerId = newId()

type Person = MessageInitShape<typeof FindProfilesRequestSchema>['person']
async function answerOf(person: Person, scopes = ['personal:read'], tenantId = seed.tenant) {
  const request = create(FindProfilesRequestSchema, { tenantId, viewerKind: 'CLIENT', viewerId, scopes, person: person! })
  const answer = findProfiles(seed.test.db, ring, () => new Date())
  return fromBinary(FindProfilesResponseSchema, await answer.reply(toBinary(FindProfilesRequestSchema, request)))
}
const find = async (...about: Parameters<typeof answerOf>): Promise<string[]> => (await answerOf(...about)).profileIds
const byMail = (value: string): Person => ({ case: 'identifier', value: { namespace: 'email', value } })

describe('profiles', () => {
  it('of a customer are found by every id that the customer ever had, in the tenant only', async () => {
    const [one, other] = [await seed.meet(), await seed.meet()]
    const merge = { survivorId: one.customerId, absorbedId: other.customerId, reason: 'one person' }
    await mergeCustomers(seed.context(), { idempotencyKey: key(), ...merge })
    const both = [one.profileId, other.profileId].toSorted()
    for (const value of [one.customerId, other.customerId]) {
      expect(await find({ case: 'customerId', value })).toEqual(both)
      expect(await find({ case: 'customerId', value }, [], newId())).toEqual([])
    }
    expect(await find({ case: 'customerId', value: newId() })).toEqual([])
    expect(await find({ case: 'customerId', value: one.profileId })).toEqual([])
  })

  it('that carry an identifier are found in any spelling, with personal:read and a trace', async () => {
    const { profileId } = await seed.meet({ email: 'ann@mail.example' })
    expect(await find(byMail(' Ann@Mail.example '))).toEqual([profileId])
    expect(await find(byMail('ann@mail.example'), ['personal:read'], newId())).toEqual([])
    expect(await find(byMail('bob@mail.example'))).toEqual([])
    await expect(find(byMail('ann@mail.example'), ['consents:write'])).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(find(byMail('ann'))).rejects.toMatchObject({ code: 'INVALID' })
    const traces = (await published(seed.test, ActionRecordedSchema)).filter(({ tenantId }) => tenantId === seed.tenant)
    const lookUp = { action: 'findProfiles', actorKind: 'CLIENT', actorId: viewerId }
    expect(traces).toMatchObject([
      { ...lookUp, targetId: profileId },
      { ...lookUp, targetId: '' },
    ])
  })

  it('are found with the id of the identifier, which is the same before and after somebody carries it', async () => {
    const before = await answerOf(byMail('eve@mail.example'))
    await seed.meet({ email: 'eve@mail.example' })
    const [fact] = (await published(seed.test, IdentifierObservedSchema)).filter(({ tenantId }) => tenantId === seed.tenant)
    expect(before).toMatchObject({ profileIds: [], identifierId: fact!.identifiers[0]!.identifierId })
    expect((await answerOf(byMail('Eve@Mail.example'))).identifierId).toBe(before.identifierId)
    expect((await answerOf(byMail('eve@mail.example'), undefined, newId())).identifierId).not.toBe(before.identifierId)
  })

  it('of a customer with more than a thousand are an error, not a part of them', async () => {
    const { customerId } = await seed.meet()
    const rows = `INSERT INTO profiles (tenant_id, id, source, external_id, customer_id)
      SELECT $1, gen_random_uuid(), 'many', n::text, $2 FROM generate_series(1, 1000) n`
    await seed.test.owner.query(rows, [seed.tenant, customerId])
    await expect(find({ case: 'customerId', value: customerId })).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})
