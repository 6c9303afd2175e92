import { generateKeyPairSync } from 'node:crypto'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { newId } from '@renmai/platform/serve/ids'
import { Cursors } from '@renmai/platform/serve/page'
import type { TestDatabase } from '@renmai/platform/testing/database'
import { deliver, event } from '@renmai/platform/testing/events'
import { key, testContext } from '@renmai/platform/testing/viewers'
import { DecideSendsRequestSchema, DecideSendsResponseSchema } from '@renmai/proto/compliance/v1/compliance_service'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { readAuditKeys } from '../src/audit/audit-keys.ts'
import { grantConsent, withdrawConsent } from '../src/consents/grant-consent.ts'
import type { Context } from '../src/context.ts'
import { decideSends } from '../src/decisions/decide-sends.ts'
import { handlers } from '../src/handlers.ts'
import { createLoaders } from '../src/loaders.ts'
import { definePurpose } from '../src/purposes/define-purpose.ts'

export const auditKey = generateKeyPairSync('ed25519')
const auditKeys = readAuditKeys(JSON.stringify(auditKey.privateKey.export({ format: 'jwk' })))

export function contextOf(test: TestDatabase, tenantId: string): Context {
  const base = testContext(test.db, tenantId)
  return { ...base, cursors: new Cursors('c'.repeat(32)), auditKeys, load: createLoaders(base) }
}

type Terms = Parameters<typeof definePurpose>[1]

/** Actions for one tenant: statements of people, and questions to the gate. */
export function complianceOf(test: TestDatabase, tenantId: string) {
  const link = (profileId: string, customerId: string, version = 1n) =>
    event(ProfileLinkedSchema, tenantId, { profileId, customerId, version })
  const hear = (...events: ReturnType<typeof event>[]) => deliver(test.db, 'compliance', handlers, events)
  const say =
    (use: typeof grantConsent) =>
    (profileId: string, purpose = 'marketing', channel = 'EMAIL', more: { at?: Date } = {}) =>
      use(contextOf(test, tenantId), { idempotencyKey: key(), profileId, purpose, channel, method: 'web_form', ...more })
  return {
    link,
    hear,
    /** Creates a person with one profile that compliance knows. */
    meet: async () => {
      const profileId = newId()
      await hear(link(profileId, newId()))
      return profileId
    },
    define: async (terms: Partial<Terms> = {}) => {
      const ctx = contextOf(test, tenantId)
      const { id } = await definePurpose(ctx, {
        idempotencyKey: key(),
        key: 'marketing',
        name: 'm',
        consentLevel: 'GENERAL',
        noticeText: 'we write to you',
        ...terms,
      })
      return ctx.load.purpose.load(id)
    },
    grant: say(grantConsent),
    withdraw: say(withdrawConsent),
    decide: async (profileId: string, purpose = 'marketing', channel = 'EMAIL') => {
      const request = create(DecideSendsRequestSchema, { tenantId, questions: [{ messageId: newId(), profileId, purpose, channel }] })
      const reply = await decideSends(test.db, () => new Date()).reply(toBinary(DecideSendsRequestSchema, request))
      return fromBinary(DecideSendsResponseSchema, reply).decisions[0]!
    },
  }
}
