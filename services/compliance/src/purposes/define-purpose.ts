import { createHash } from 'node:crypto'
import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { AppError } from '@renmai/platform/serve/errors'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { PolicyChangedSchema } from '@renmai/proto/compliance/v1/events'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { ConsentLevel } from '../gen/resolvers.ts'
import { isNewVersion, MAX_PURPOSES } from './purpose.rules.ts'
import { notices, type Purpose, purposes, purposeVersions } from './purpose.table.ts'

const Input = z
  .object({
    idempotencyKey,
    key: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'lower case letters, digits and _'),
    name: z.string().min(1).max(100),
    consentLevel: z.enum(ConsentLevel),
    messageClass: z
      .enum(['COMMERCIAL', 'TRANSACTIONAL'])
      .nullish()
      .transform((value) => value ?? 'COMMERCIAL'),
    isRequired: z
      .boolean()
      .nullish()
      .transform((value) => value ?? false),
    noticeText: z.string().min(1).max(50_000),
  })
  .refine(({ messageClass, isRequired }) => messageClass === 'TRANSACTIONAL' || !isRequired, {
    message: 'only a TRANSACTIONAL purpose can be required by law or contract',
    path: ['isRequired'],
  })

/**
 * Defines a purpose. The same terms change nothing; other terms create a new version, and another notice makes older
 * consents stale.
 * @throws AppError INVALID for a commercial purpose with isRequired; CONFLICT when the tenant has too many purposes
 */
export async function definePurpose(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'definePurpose', scope: 'consents:write' }, input, async (tx) => {
    const { key, name, consentLevel, messageClass, isRequired, noticeText } = input
    const noticeHash = createHash('sha256').update(noticeText).digest('hex')
    const before = await readInForce(tx, key)
    if (!before) await checkRoom(tx)
    const isNewNotice = before?.noticeHash !== noticeHash
    const terms = { consentLevel, messageClass, isRequired, noticeVersion: (before?.noticeVersion ?? 0) + (isNewNotice ? 1 : 0) }
    const isNew = isNewVersion(before, terms)
    const version = (before?.version ?? 0) + (isNew ? 1 : 0)
    await tx
      .insert(purposes)
      .values({ tenantId: tx.tenantId, key, name, ...terms, version })
      .onConflictDoUpdate({ target: [purposes.tenantId, purposes.key], set: { name, ...terms, version } })
    if (isNewNotice)
      await tx
        .insert(notices)
        .values({ tenantId: tx.tenantId, purpose: key, version: terms.noticeVersion, text: noticeText, hash: noticeHash })
    if (isNew) {
      await tx.insert(purposeVersions).values({ tenantId: tx.tenantId, purpose: key, version, ...terms, definedBy: ctx.viewer.id })
      const { noticeVersion } = terms
      await publish(tx, PolicyChangedSchema, { purpose: key, noticeVersion, purposeVersion: version, messageClass, isRequired })
    }
    return { decided: { id: key }, targetId: key }
  })
}

/** Reads the purpose with the hash of its notice, and locks it until the end of the transaction. */
async function readInForce(tx: Tx, key: string): Promise<(Purpose & { noticeHash: string | undefined }) | undefined> {
  const mine = and(eq(purposes.tenantId, tx.tenantId), eq(purposes.key, key))
  const [purpose] = await tx.select().from(purposes).where(mine).for('update')
  if (!purpose) return undefined
  const current = and(eq(notices.tenantId, tx.tenantId), eq(notices.purpose, key), eq(notices.version, purpose.noticeVersion))
  const [notice] = await tx.select({ hash: notices.hash }).from(notices).where(current)
  return { ...purpose, noticeHash: notice?.hash }
}

async function checkRoom(tx: Tx): Promise<void> {
  const count = await tx.$count(purposes, eq(purposes.tenantId, tx.tenantId))
  if (count >= MAX_PURPOSES) throw new AppError('CONFLICT', `A tenant has at most ${MAX_PURPOSES} purposes`)
}
