import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { publish } from '@renmai/platform/events/outbox'
import { newId } from '@renmai/platform/serve/ids'
import { pastMoment } from '@renmai/platform/serve/moments'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { ConsentGrantedSchema, ConsentWithdrawnSchema } from '@renmai/proto/compliance/v1/events'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { MessageChannel } from '../gen/resolvers.ts'
import { findSubject, requireProfile, Subject } from '../profiles/profile.ts'
import { type About, aboutOf } from './address.rules.ts'
import { lastStatement, noticeAt, requirePurpose } from './consent.queries.ts'
import { CLOCK_TOLERANCE_MS, statementTime, subjectOf } from './consent.rules.ts'
import { type Consent, consents } from './consent.table.ts'
import { Proof, sealProof } from './proof.ts'

/** Fields of the inputs that record a consent or a withdrawal. */
export const fields = {
  idempotencyKey,
  subject: Subject,
  purpose: z.string().min(1).max(64),
  channel: z.enum(MessageChannel),
  method: z.string().min(1).max(64),
  evidence: z.string().max(500).nullish(),
  proof: Proof.nullish(),
  statedAt: z.coerce.date().nullish(),
}

type Statement = z.output<z.ZodObject<typeof fields>>
type Notice = { version?: number | null | undefined; hash?: string | null | undefined }
/** What a consent states and a withdrawal does not. */
export type Granted = Pick<Consent, 'level' | 'isConfirmed' | 'basis' | 'expiresAt' | 'guardianProfileId'>
type Recorded = { id: string; storedCount: number }

export type Details = {
  notice?: Notice
  granted?: Granted
  /** Checks that need the time of the statement and its subjects. */
  check?: (tx: Tx, at: Date, about: readonly About[]) => Promise<void>
}

/**
 * Appends a fact for each profile that the statement is about, or one for its address. Every decision after the answer includes
 * them: decisions read the same table.
 * @throws AppError INVALID for a time before 1990 or in the future, NOT_FOUND for a purpose, a notice or a person that the tenant
 * does not have, CONFLICT for a consent to an archived purpose
 */
export async function recordConsent(ctx: Context, status: Consent['status'], input: Statement, details: Details = {}): Promise<Recorded> {
  const name = status === 'GRANTED' ? 'grantConsent' : 'withdrawConsent'
  let found: Awaited<ReturnType<typeof findSubject>> = { profileIds: [] }
  const check = async () => void (found = await findSubject(ctx, input.subject))
  return mutate(ctx, { name, scope: 'consents:write', check }, input, async (tx) => {
    const { subject, channel, method, evidence } = input
    const about = aboutOf(subject, channel, found)
    if (subject.profileId) await requireProfile(tx, subject.profileId, 'subject.profileId')
    const purpose = await requirePurpose(tx, input.purpose, status)
    const now = ctx.now()
    const stated = input.statedAt ? pastMoment(input.statedAt, now, 'statedAt', CLOCK_TOLERANCE_MS) : undefined
    const noticeVersion = await noticeAt(tx, purpose, { ...details.notice, at: stated && stated < now ? stated : undefined, status })
    const last = await lastStatement(tx, about.map(subjectOf), purpose.key, channel)
    const at = statementTime(status, stated, now, last)
    await details.check?.(tx, at, about)
    const shared = { purpose: purpose.key, channel, status, noticeVersion, method, evidence: evidence ?? null, at, ...details.granted }
    const facts = about.map((one) => {
      const id = newId()
      return { id, ...one, ...shared, proof: sealProof(ctx.keyRing, tx.tenantId, id, input.proof), recordedBy: ctx.viewer.id }
    })
    await insertRows(tx, consents, facts, { conflict: 'error' })
    await publishFacts(tx, facts, found.profileIds)
    return { decided: { id: facts[0]!.id, storedCount: facts.length }, targetId: subject.customerId ?? subjectOf(facts[0]!) }
  })
}

type Fact = Pick<Consent, 'id' | 'profileId' | 'purpose' | 'channel' | 'status' | 'at'>

/** A fact about an address is published for each profile that carries it now. */
async function publishFacts(tx: Tx, facts: readonly Fact[], carriers: readonly string[]): Promise<void> {
  const events = facts.flatMap(({ id: consentId, profileId, purpose, channel, at }) =>
    (profileId ? [profileId] : carriers).map((one) => ({ consentId, profileId: one, purpose, channel, at: timestampFromDate(at) })),
  )
  await publish(tx, facts[0]!.status === 'GRANTED' ? ConsentGrantedSchema : ConsentWithdrawnSchema, ...events)
}
