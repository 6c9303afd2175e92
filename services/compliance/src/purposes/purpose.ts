import { createHash } from 'node:crypto'
import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { publish } from '@renmai/platform/events/outbox'
import { PolicyChangedSchema } from '@renmai/proto/compliance/v1/events'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { ConsentLevel, MessageClass } from '../gen/resolvers.ts'
import { purposeFailure } from './purpose.failures.ts'
import { hasOtherTerms, type Terms } from './purpose.rules.ts'
import { notices, type Purpose, type PurposeNotice, purposes, purposeVersions } from './purpose.table.ts'

/** Fields of the inputs that create and update a purpose. */
export const fields = {
  name: z.string().min(1).max(100),
  consentLevel: z.enum(ConsentLevel),
  messageClass: z.enum(MessageClass),
  isRequired: z.boolean(),
  isDoubleOptIn: z.boolean(),
  isForMinors: z.boolean(),
  noticeText: z.string().min(1).max(50_000),
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * Reads a purpose, and locks it until the end of the transaction.
 * @throws AppError NOT_FOUND that names the field
 */
export async function lockPurpose(tx: Tx, purposeId: string): Promise<Purpose> {
  const [found] = await tx
    .select()
    .from(purposes)
    .where(mine(tx, purposes, purposeId))
    .for('update')
  if (!found) throw purposeFailure('PURPOSE_NOT_FOUND', 'purposeId')
  return found
}

/** The notice in force. */
export async function noticeOf(tx: Tx, { key, noticeVersion }: Pick<Purpose, 'key' | 'noticeVersion'>): Promise<PurposeNotice | undefined> {
  const current = and(eq(notices.tenantId, tx.tenantId), eq(notices.purpose, key), eq(notices.version, noticeVersion))
  return (await tx.select().from(notices).where(current))[0]
}

type Defined = { purpose: Purpose; before?: Terms | undefined; noticeText?: string | undefined; definedBy: string }

/**
 * Stores the terms of a new version, and its notice where the text is new.
 * @param noticeText only where it is another text than that of the notice before
 */
export async function storeVersion(tx: Tx, { purpose, before, noticeText, definedBy }: Defined): Promise<void> {
  const { tenantId } = tx
  const { key, version, consentLevel, messageClass, isRequired, isDoubleOptIn, isForMinors, noticeVersion } = purpose
  if (noticeText !== undefined)
    await tx.insert(notices).values({ tenantId, purpose: key, version: noticeVersion, text: noticeText, hash: hashOf(noticeText) })
  const terms = { consentLevel, messageClass, isRequired, isDoubleOptIn, isForMinors, noticeVersion }
  await tx.insert(purposeVersions).values({ tenantId, purpose: key, version, ...terms, definedBy })
  if (hasOtherTerms(before, purpose))
    await publish(tx, PolicyChangedSchema, { purpose: key, noticeVersion, purposeVersion: version, messageClass, isRequired })
}
