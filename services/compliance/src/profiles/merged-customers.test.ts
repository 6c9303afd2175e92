import { newId } from '@renmai/platform/serve/ids'
import { event } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { CustomersMergedSchema } from '@renmai/proto/identity/v1/events'
import { expect, it } from 'vitest'
import { complianceSeed } from '../../test/seed.ts'
import { consentResolvers } from '../consents/consent.resolvers.ts'
import { withdrawConsent } from '../consents/withdraw-consent.ts'
import { decisionResolvers } from '../decisions/decision.resolvers.ts'

const seed = complianceSeed()

it('a withdrawal, the lists and references under the id of a customer that was merged away are about the survivor', async () => {
  const { people } = seed
  await people.define()
  const [profileId, survivorId, absorbedId] = [newId(), newId(), newId()]
  await people.hear(
    people.link(profileId, survivorId),
    event(CustomersMergedSchema, seed.tenant, { decisionId: newId(), survivorId, absorbedId, version: 1n }),
  )
  await people.grant(profileId)
  const statement = { subject: { customerId: absorbedId }, purpose: 'marketing', channel: 'EMAIL', method: 'phone' } as const
  expect(await withdrawConsent(seed.context(), { idempotencyKey: key(), ...statement })).toMatchObject({ storedCount: 1 })
  expect(await people.decide(profileId)).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN'] })

  const ctx = seed.context()
  for (const customerId of [survivorId, absorbedId]) {
    const args = { filter: { customerId } }
    expect((await consentResolvers.Query.consents({}, args, ctx)).nodes, customerId).toHaveLength(2)
    expect((await decisionResolvers.Query.sendDecisions({}, args, ctx)).nodes, customerId).toHaveLength(1)
    expect(await consentResolvers.Customer.__resolveReference({ __typename: 'Customer', id: customerId }, ctx)).toEqual({ id: survivorId })
  }
})
