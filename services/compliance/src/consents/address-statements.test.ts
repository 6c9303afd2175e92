import { readPage } from '@renmai/platform/db/read-page'
import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { key, testViewer } from '@renmai/platform/testing/viewers'
import { ConsentWithdrawnSchema } from '@renmai/proto/compliance/v1/events'
import type { FindProfilesRequest } from '@renmai/proto/identity/v1/identity_service'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { complianceOf } from '../../test/fixture.ts'
import { identifierIdOf, type Known, startIdentity } from '../../test/identity.ts'
import { complianceSeed } from '../../test/seed.ts'
import { grantConsent } from './grant-consent.ts'
import { listConsents } from './list-consents.ts'
import { withdrawConsent } from './withdraw-consent.ts'

const seed = complianceSeed()
const known: Known = new Map()
const asked: FindProfilesRequest[] = []
let identity: Awaited<ReturnType<typeof startIdentity>>
beforeAll(async () => {
  identity = await startIdentity(known, asked)
})
afterAll(() => identity.stop())
beforeEach(async () => {
  asked.splice(0)
  known.clear()
  await seed.people.define()
})

const mail = 'ann@mail.example'
const address = identifierIdOf(mail)
const identifier = { namespace: 'email', value: mail }
const scopes = ['consents:write', 'personal:read']
type Way = typeof grantConsent | typeof withdrawConsent
const say = (use: Way, given = identifier, more: object = {}, may = scopes) => {
  const input = { idempotencyKey: key(), subject: { identifier: given }, purpose: 'marketing', channel: 'EMAIL', method: 'reply' } as const
  return use({ ...seed.context(), bus: identity.bus, viewer: testViewer(seed.tenant, may) }, { ...input, ...more })
}
const decide = (profile: string, to = address, channel = 'EMAIL') => seed.people.decide(profile, 'marketing', channel, to)
/** A person who has agreed by their profile, and carries the address. */
const meetCarrier = async () => {
  const profile = await seed.people.meet()
  await seed.people.grant(profile)
  known.set(mail, [...(known.get(mail) ?? []), profile])
  await seed.people.carry(address, profile)
  return profile
}

describe('a withdrawal by the address of a channel', () => {
  it('holds for every profile that carries it, also for one that comes later, and is looked up in the name of the viewer', async () => {
    const [one, other] = [await meetCarrier(), await meetCarrier()]
    expect((await decide(one)).isAllowed).toBe(true)
    expect(await say(withdrawConsent)).toMatchObject({ storedCount: 1 })
    for (const profile of [one, other]) expect(await decide(profile)).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN'] })
    const later = await seed.people.meet()
    await seed.people.grant(later)
    // The events of identity have not arrived yet: the message names its address.
    expect(await decide(later)).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN'] })
    expect(asked).toMatchObject([{ tenantId: seed.tenant, viewerKind: 'STAFF', scopes, person: { value: identifier } }])
    const events = (await published(seed.test, ConsentWithdrawnSchema)).filter(({ tenantId }) => tenantId === seed.tenant)
    expect(events.map(({ profileId }) => profileId).toSorted()).toEqual([one, other].toSorted())
  })

  it('that nobody carries yet is stored, and followed', async () => {
    expect(await say(withdrawConsent)).toMatchObject({ storedCount: 1 })
    expect(await decide(await meetCarrier())).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN'] })
  })

  it('leaves other addresses and channels of the person as they are', async () => {
    const profile = await meetCarrier()
    await seed.people.grant(profile, 'marketing', 'SMS')
    await say(withdrawConsent)
    expect((await decide(profile, newId())).isAllowed).toBe(true)
    expect((await decide(profile, newId(), 'SMS')).isAllowed).toBe(true)
  })

  it('counts for every address of the person where a question names none, and only for people who carry it', async () => {
    const [carrier, stranger] = [await meetCarrier(), await seed.people.meet()]
    await seed.people.grant(stranger)
    await say(withdrawConsent)
    expect(await decide(carrier, '')).toMatchObject({ reasons: ['WITHDRAWN'] })
    expect((await decide(stranger, '')).isAllowed).toBe(true)
  })

  it('is not ended by a consent of a profile, but by one of the address', async () => {
    const profile = await meetCarrier()
    await say(withdrawConsent)
    await seed.people.grant(profile)
    expect(await decide(profile)).toMatchObject({ reasons: ['WITHDRAWN'] })
    await say(grantConsent)
    expect((await decide(profile)).isAllowed).toBe(true)
  })

  it("of another tenant does not count, and the customer's own list shows it", async () => {
    const profile = await meetCarrier()
    const others = complianceOf(seed.test, newId())
    await others.define()
    await others.hear(others.link(profile, newId()))
    await others.grant(profile)
    const { id } = await say(withdrawConsent)
    expect((await others.decide(profile, 'marketing', 'EMAIL', address)).isAllowed).toBe(true)
    const { load } = seed.context()
    const { rows } = await seed.test.owner.query<{ id: string }>(
      'SELECT customer_id AS id FROM profile_customers WHERE tenant_id = $1 AND profile_id = $2',
      [seed.tenant, profile],
    )
    const { nodes } = await load.consentsOfCustomer(rows[0]!.id, { first: 10 })
    expect(nodes.map((fact) => [fact.id, fact.profileId])).toContainEqual([id, null])
    expect((await load.latestConsents.load(rows[0]!.id))!.map((fact) => fact.id)).toContain(id)
    const filtered = await readPage(seed.context(), { first: 10 }, listConsents({ filter: { customerId: rows[0]!.id } }))
    expect(filtered.nodes.map((fact) => fact.id)).toEqual(nodes.map((fact) => fact.id))
  })
})

describe('a consent by the address of a channel', () => {
  it('is one for this address only', async () => {
    const profile = await seed.people.meet()
    await seed.people.carry(address, profile)
    await say(grantConsent)
    expect((await decide(profile)).isAllowed).toBe(true)
    for (const to of [newId(), '']) expect(await decide(profile, to)).toMatchObject({ isAllowed: false, reasons: ['NO_CONSENT'] })
  })
})

describe('a statement by an identifier', () => {
  it('of another kind than the channel sends to is about the profiles that carry it', async () => {
    const profile = await meetCarrier()
    expect(await say(withdrawConsent, identifier, { channel: 'SMS' })).toMatchObject({ storedCount: 1 })
    expect(await decide(profile, newId(), 'SMS')).toMatchObject({ reasons: ['WITHDRAWN'] })
    known.clear()
    await expect(say(withdrawConsent, identifier, { channel: 'SMS' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      fields: { 'subject.identifier': expect.any(String) },
    })
  })

  it('that is invalid, or without personal:read, is refused, and names the field', async () => {
    await expect(say(withdrawConsent, { ...identifier, value: 'no address' })).rejects.toMatchObject({
      code: 'INVALID',
      fields: { 'subject.identifier': expect.any(String) },
    })
    await expect(say(withdrawConsent, identifier, {}, ['consents:write'])).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const { rowCount } = await seed.test.owner.query('SELECT 1 FROM consents WHERE tenant_id = $1', [seed.tenant])
    expect(rowCount).toBe(0)
  })
})
