import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { publish } from '@renmai/platform/events/outbox'
import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { pastMoment } from '@renmai/platform/serve/moments'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { ConsentGrantedSchema, ConsentWithdrawnSchema } from '@renmai/proto/compliance/v1/events'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { requireProfile } from '../profiles/profile.ts'
import { purposes } from '../purposes/purpose.table.ts'
import { type Consent, consents } from './consent.table.ts'

/** Shorter than for other facts: a consent from the future would count over every later statement of the person. */
const MAX_AHEAD_MS = 60_000

const Input = z.object({
  idempotencyKey,
  profileId: z.uuid(),
  purpose: z.string().min(1).max(64),
  channel: z.string().regex(/^[A-Z][A-Z_]{1,31}$/, 'upper case letters and _'),
  method: z.string().min(1).max(64),
  evidence: z.string().max(500).nullish(),
  at: z.coerce.date().nullish(),
})

export function grantConsent(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  return recordConsent(ctx, raw, 'GRANTED')
}

export function withdrawConsent(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  return recordConsent(ctx, raw, 'WITHDRAWN')
}

/**
 * Appends a fact. Every decision after the answer includes it: decisions read the same table.
 * @throws AppError INVALID for a time before 1990 or in the future; NOT_FOUND for a purpose or profile that the tenant does not have
 */
async function recordConsent(ctx: Context, raw: z.input<typeof Input>, status: Consent['status']): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const name = status === 'GRANTED' ? 'grantConsent' : 'withdrawConsent'
  return mutate(ctx, { name, scope: 'consents:write' }, input, async (tx) => {
    const { profileId, channel, method, evidence } = input
    const at = pastMoment(input.at ?? ctx.now(), ctx.now(), 'at', MAX_AHEAD_MS)
    const [purpose] = await tx
      .select()
      .from(purposes)
      .where(and(eq(purposes.tenantId, tx.tenantId), eq(purposes.key, input.purpose)))
    if (!purpose) throw new AppError('NOT_FOUND', `No purpose ${input.purpose}; define it first`)
    await requireProfile(tx, profileId)
    const row = {
      tenantId: tx.tenantId,
      id: newId(),
      profileId,
      purpose: purpose.key,
      channel,
      status,
      noticeVersion: purpose.noticeVersion,
      method,
      evidence: evidence ?? null,
      recordedBy: ctx.viewer.id,
      at,
    }
    await tx.insert(consents).values(row)
    const schema = status === 'GRANTED' ? ConsentGrantedSchema : ConsentWithdrawnSchema
    await publish(tx, schema, { consentId: row.id, profileId, purpose: purpose.key, channel, at: timestampFromDate(at) })
    return { decided: { id: row.id }, targetId: profileId }
  })
}
