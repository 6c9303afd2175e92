import { generateKeyPairSync } from 'node:crypto'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { parseKeyRing } from '@renmai/platform/secrets/crypto'
import { newId } from '@renmai/platform/serve/ids'
import { Cursors } from '@renmai/platform/serve/page'
import type { TestDatabase } from '@renmai/platform/testing/database'
import { deliver, event } from '@renmai/platform/testing/events'
import { key, testContext } from '@renmai/platform/testing/viewers'
import { DecideSendsRequestSchema, DecideSendsResponseSchema } from '@renmai/proto/compliance/v1/compliance_service'
import { IdentifierObservedSchema, ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { readAuditKeys } from '../src/audit/audit-keys.ts'
import { grantConsent } from '../src/consents/grant-consent.ts'
import { withdrawConsent } from '../src/consents/withdraw-consent.ts'
import type { Context } from '../src/context.ts'
import { decideSends } from '../src/decisions/decide-sends.ts'
import { handlers } from '../src/handlers.ts'
import { createLoaders } from '../src/loaders.ts'
import { createPurpose } from '../src/purposes/create-purpose.ts'
import { updatePurpose } from '../src/purposes/update-purpose.ts'

export const auditKey = generateKeyPairSync('ed25519')
const keyRing = parseKeyRing(JSON.stringify({ current: 1, keys: { 1: Buffer.alloc(32, 7).toString('base64') } }))
const auditKeys = readAuditKeys(JSON.stringify(auditKey.privateKey.export({ format: 'jwk' })))

export function contextOf(test: TestDatabase, tenantId: string, now?: () => Date): Context {
  const base = { ...testContext(test.db, tenantId, now), cursors: new Cursors('c'.repeat(32)) }
  return { ...base, auditKeys, keyRing, bus: {} as Context['bus'], load: createLoaders(base) }
}

type Terms = Parameters<typeof createPurpose>[1]
type Channel = 'WECOM' | 'EMAIL' | 'SMS' | 'TELEGRAM'
type Statement = Partial<Parameters<typeof grantConsent>[1]>

/** Actions for one tenant: statements of people, and questions to the gate. */
export function complianceOf(test: TestDatabase, tenantId: string) {
  const link = (profileId: string, customerId: string, version = 1n) =>
    event(ProfileLinkedSchema, tenantId, { profileId, customerId, version })
  const hear = (...events: ReturnType<typeof event>[]) => deliver(test.db, 'compliance', handlers, events)
  const say =
    (use: typeof grantConsent) =>
    (profileId: string, purpose = 'marketing', channel: Channel = 'EMAIL', more: Statement = {}) =>
      use(contextOf(test, tenantId), {
        idempotencyKey: key(),
        subject: { profileId },
        purpose,
        channel,
        method: 'web_form',
        ...more,
      })
  return {
    link,
    hear,
    /** Creates a person with one profile that compliance knows. */
    meet: async () => {
      const profileId = newId()
      await hear(link(profileId, newId()))
      return profileId
    },
    /** Creates a purpose. */
    define: async (terms: Partial<Terms> = {}) => {
      const ctx = contextOf(test, tenantId)
      const { id } = await createPurpose(ctx, {
        idempotencyKey: key(),
        key: 'marketing',
        name: 'm',
        consentLevel: 'GENERAL',
        noticeText: 'we write to you',
        ...terms,
      })
      return (await ctx.load.purpose.load(id))!
    },
    /** Changes the purpose with a key. */
    redefine: async (changes: Omit<Parameters<typeof updatePurpose>[1], 'idempotencyKey' | 'purposeId'>, purpose = 'marketing') => {
      const ctx = contextOf(test, tenantId)
      const { id } = (await ctx.load.purposeByKey.load(purpose))!
      await updatePurpose(ctx, { idempotencyKey: key(), purposeId: id, ...changes })
      return (await ctx.load.purpose.load(id))!
    },
    grant: say(grantConsent),
    withdraw: say(withdrawConsent),
    /** Lets profiles carry an identifier. */
    carry: (identifierId: string, ...profileIds: string[]) =>
      hear(event(IdentifierObservedSchema, tenantId, { identifiers: profileIds.map((profileId) => ({ profileId, identifierId })) })),
    /** @param identifierId the address that the message goes to */
    decide: async (profileId: string, purpose = 'marketing', channel = 'EMAIL', identifierId = '') => {
      const question = { messageId: newId(), profileId, purpose, channel, identifierId }
      const request = create(DecideSendsRequestSchema, { tenantId, questions: [question] })
      const reply = await decideSends(test.db, () => new Date()).reply(toBinary(DecideSendsRequestSchema, request))
      return fromBinary(DecideSendsResponseSchema, reply).decisions[0]!
    },
  }
}
