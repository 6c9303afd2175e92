import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { ConsentGrantedSchema, ConsentWithdrawnSchema } from '@renmai/proto/compliance/v1/events'
import type { FindProfilesRequest } from '@renmai/proto/identity/v1/identity_service'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { complianceOf } from '../../test/fixture.ts'
import { type Known, startIdentity } from '../../test/identity.ts'
import { complianceSeed } from '../../test/seed.ts'
import type { Subject } from '../profiles/profile.ts'
import { grantConsent } from './grant-consent.ts'
import { withdrawConsent } from './withdraw-consent.ts'

const seed = complianceSeed()
const known: Known = new Map()
const asked: FindProfilesRequest[] = []
let identity: Awaited<ReturnType<typeof startIdentity>>
beforeAll(async () => {
  identity = await startIdentity(known, asked)
})
afterAll(() => identity.stop())
beforeEach(() => void asked.splice(0))

const input = (subject: Subject, more: object = {}) =>
  ({ idempotencyKey: key(), subject, purpose: 'marketing', channel: 'EMAIL', method: 'web_form', ...more }) as const
const context = () => ({ ...seed.context(), bus: identity.bus })
const withdraw = (subject: Subject) => withdrawConsent(context(), input(subject))
const factsOf = async () => {
  const { rows } = await seed.test.owner.query('SELECT profile_id, status, notice_version FROM consents WHERE tenant_id = $1', [
    seed.tenant,
  ])
  return rows as { profile_id: string; status: string; notice_version: number }[]
}
/** A person with two profiles. */
const meetTwice = async () => {
  const [p, q, customerId] = [newId(), newId(), newId()]
  await seed.people.hear(seed.people.link(p, customerId), seed.people.link(q, customerId))
  return { p, q, customerId }
}

describe('a withdrawal of a customer', () => {
  it('is followed for each of their profiles, also after a split, and a consent of the customer ends it for all', async () => {
    await seed.people.define()
    const { p, q, customerId } = await meetTwice()
    await seed.people.grant(p)
    expect(await withdraw({ customerId })).toMatchObject({ storedCount: 2 })
    expect(asked).toEqual([])
    expect(await seed.people.decide(p)).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN'] })
    await seed.people.hear(seed.people.link(q, newId(), 2n))
    expect(await seed.people.decide(q)).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN'] })
    await seed.people.hear(seed.people.link(q, customerId, 3n))
    await grantConsent(context(), input({ customerId }))
    expect(await seed.people.decide(q)).toMatchObject({ isAllowed: true })
    const mine = (events: { tenantId: string; profileId: string }[]) =>
      events.filter(({ tenantId }) => tenantId === seed.tenant).map(({ profileId }) => profileId)
    expect(mine(await published(seed.test, ConsentWithdrawnSchema)).toSorted()).toEqual([p, q].toSorted())
    expect(mine(await published(seed.test, ConsentGrantedSchema))).toHaveLength(3)
  })

  it('by an old id is about the profiles that identity finds, and by an unknown id is refused', async () => {
    await seed.people.define()
    const [p, old] = [await seed.people.meet(), newId()]
    known.set(old, [p])
    expect(await withdraw({ customerId: old })).toMatchObject({ storedCount: 1 })
    expect(await factsOf()).toMatchObject([{ profile_id: p, status: 'WITHDRAWN' }])
    // The id of a profile is none of a customer.
    for (const customerId of [newId(), p])
      await expect(withdraw({ customerId })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        fields: { 'subject.customerId': expect.any(String) },
      })
  })

  it('with the same key has one effect, and returns the same without another question to identity', async () => {
    await seed.people.define()
    const [p, old] = [await seed.people.meet(), newId()]
    known.set(old, [p])
    const [ctx, same] = [context(), input({ customerId: old })]
    const first = await withdrawConsent(ctx, same)
    expect(await withdrawConsent(ctx, same)).toEqual(first)
    expect([asked.length, (await factsOf()).length]).toEqual([1, 1])
  })
})

it('a statement of a customer with more profiles than one statement can hold is refused, and nothing is stored', async () => {
  await seed.people.define()
  const customerId = newId()
  const profiles = `INSERT INTO profile_customers (tenant_id, profile_id, customer_id, version)
    SELECT $1, gen_random_uuid(), $2, 1 FROM generate_series(1, 1001)`
  await seed.test.owner.query(profiles, [seed.tenant, customerId])
  await expect(withdraw({ customerId })).rejects.toMatchObject({ code: 'CONFLICT', fields: { 'subject.customerId': expect.any(String) } })
  expect(await factsOf()).toEqual([])
})

describe('a statement', () => {
  it('names one person in one way', async () => {
    const profileId = newId()
    for (const subject of [{}, { profileId, customerId: newId() }, { profileId: 'x' }])
      await expect(withdraw(subject)).rejects.toMatchObject({ code: 'INVALID' })
  })

  it('about a profile of another tenant, or an unknown one, is refused', async () => {
    const others = complianceOf(seed.test, newId())
    await seed.people.define()
    for (const profile of [newId(), await others.meet()])
      for (const say of [seed.people.grant, seed.people.withdraw])
        await expect(say(profile)).rejects.toMatchObject({
          code: 'NOT_FOUND',
          fields: { 'subject.profileId': expect.stringContaining('try again') },
        })
    expect(await factsOf()).toEqual([])
  })
})
