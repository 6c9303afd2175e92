import type { Tx } from '@renmai/platform/db/db'
import { AppError } from '@renmai/platform/serve/errors'
import { moment } from '@renmai/platform/serve/moments'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { ConsentLevel, LegalBasis } from '../gen/resolvers.ts'
import { requireProfile } from '../profiles/profile.ts'
import { fields, recordConsent } from './record-consent.ts'

const Input = z.object({
  ...fields,
  level: z.enum(ConsentLevel).nullish(),
  isConfirmed: z.boolean().nullish(),
  basis: z.enum(LegalBasis).nullish(),
  expiresAt: moment.nullish(),
  guardianProfileId: z.uuid().nullish(),
  noticeVersion: z.int().min(1).nullish(),
  noticeHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'is SHA-256 in hex, in lower case')
    .nullish(),
})

/**
 * Records that a person agrees to the notice that was in force at the time, or to a named one.
 * @throws AppError INVALID for an end before the statement and for a guardian who is the person themselves; NOT_FOUND for an unknown
 * guardian; and as recordConsent
 */
export async function grantConsent(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string; storedCount: number }> {
  const input = parse(Input, raw)
  const { level, isConfirmed, basis, expiresAt = null, guardianProfileId = null } = input
  return recordConsent(ctx, 'GRANTED', input, {
    notice: { version: input.noticeVersion, hash: input.noticeHash },
    granted: { level: level ?? 'GENERAL', isConfirmed: isConfirmed ?? false, basis: basis ?? 'CONSENT', expiresAt, guardianProfileId },
    check: async (tx, at, about) => {
      if (expiresAt && expiresAt <= at) throw wrong('expiresAt', 'must be later than the statement')
      if (guardianProfileId) await checkGuardian(tx, guardianProfileId, about)
    },
  })
}

async function checkGuardian(tx: Tx, guardianProfileId: string, about: readonly { profileId: string | null }[]): Promise<void> {
  await requireProfile(tx, guardianProfileId, 'guardianProfileId')
  if (about.some(({ profileId }) => profileId === guardianProfileId)) throw wrong('guardianProfileId', 'is the person who is protected')
}

const wrong = (field: string, problem: string) => new AppError('INVALID', `${field}: ${problem}`, { [field]: problem })
