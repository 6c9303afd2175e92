import { mine } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { purposeFailure } from './purpose.failures.ts'
import { checkClass, isChanged, nextVersion, type Terms } from './purpose.rules.ts'
import { purposes } from './purpose.table.ts'
import { fields, hashOf, lockPurpose, noticeOf, storeVersion } from './purpose.ts'

const Input = z.object({
  idempotencyKey,
  purposeId: z.uuid(),
  expectedVersion: z.int().nullish(),
  name: fields.name.nullish(),
  consentLevel: fields.consentLevel.nullish(),
  messageClass: fields.messageClass.nullish(),
  isRequired: fields.isRequired.nullish(),
  isDoubleOptIn: fields.isDoubleOptIn.nullish(),
  isForMinors: fields.isForMinors.nullish(),
  noticeText: fields.noticeText.nullish(),
})

/**
 * Changes a purpose. Values that it has already change nothing; other ones make a new version, and another text of the notice makes
 * older consents stale.
 * @throws AppError INVALID for a commercial purpose with isRequired; NOT_FOUND; CONFLICT for another version, and for an archived one
 */
export async function updatePurpose(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const { idempotencyKey: _key, purposeId, expectedVersion, noticeText, ...given } = input
  const changes: Partial<Terms> = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined))
  return mutate(ctx, { name: 'updatePurpose', scope: 'consents:write' }, input, async (tx) => {
    const before = await lockPurpose(tx, purposeId)
    requireVersion(expectedVersion, before.version)
    if (before.archivedAt) throw purposeFailure('PURPOSE_ARCHIVED', 'purposeId')
    const newText = noticeText && hashOf(noticeText) !== (await noticeOf(tx, before))?.hash ? noticeText : undefined
    const noticeVersion = before.noticeVersion + (newText === undefined ? 0 : 1)
    const after = { ...before, ...changes, noticeVersion }
    checkClass(after)
    if (isChanged(before, after)) {
      const purpose = { ...after, version: nextVersion(before.version), updatedAt: ctx.now() }
      await tx
        .update(purposes)
        .set(purpose)
        .where(mine(tx, purposes, purposeId))
      await storeVersion(tx, { purpose, before, noticeText: newText, definedBy: ctx.viewer.id })
    }
    return { decided: { id: purposeId }, targetId: before.key }
  })
}
