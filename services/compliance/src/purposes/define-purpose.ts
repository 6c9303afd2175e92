import { createHash } from 'node:crypto'
import { idempotencyKey, mutate } from '@renmai/platform/mutate'
import { publish } from '@renmai/platform/outbox'
import { parse } from '@renmai/platform/parse'
import { PolicyChangedSchema } from '@renmai/proto/compliance/v1/events'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { notices, type Purpose, purposes } from './purpose.table.ts'

const Input = z.object({
  idempotencyKey,
  key: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'lower case letters, digits and _'),
  name: z.string().min(1).max(100),
  consentLevel: z.enum(['GENERAL', 'SEPARATE', 'WRITTEN']),
  noticeText: z.string().min(1).max(50_000),
})

export type PurposeWithNotice = Purpose & { noticeHash: string; noticeText: string }

/** Defines a purpose. The same notice again changes nothing; another text is a new version, and stales older consents. */
export async function definePurpose(ctx: Context, raw: z.input<typeof Input>): Promise<PurposeWithNotice> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'definePurpose', scope: 'consents:write' }, input, async (tx) => {
    const { key, name, consentLevel, noticeText } = input
    const noticeHash = createHash('sha256').update(noticeText).digest('hex')
    const mine = and(eq(purposes.tenantId, tx.tenantId), eq(purposes.key, key))
    const [existing] = await tx.select().from(purposes).where(mine).for('update')
    const [notice] = existing
      ? await tx
          .select()
          .from(notices)
          .where(and(eq(notices.tenantId, tx.tenantId), eq(notices.purpose, key), eq(notices.version, existing.noticeVersion)))
      : []
    const isNewNotice = notice?.hash !== noticeHash
    const noticeVersion = (existing?.noticeVersion ?? 0) + (isNewNotice ? 1 : 0)
    const values = { tenantId: tx.tenantId, key, name, consentLevel, noticeVersion }
    const [purpose] = await tx
      .insert(purposes)
      .values(values)
      .onConflictDoUpdate({ target: [purposes.tenantId, purposes.key], set: { name, consentLevel, noticeVersion } })
      .returning()
    if (isNewNotice) {
      await tx.insert(notices).values({ tenantId: tx.tenantId, purpose: key, version: noticeVersion, text: noticeText, hash: noticeHash })
      await publish(tx, PolicyChangedSchema, { purpose: key, noticeVersion })
    }
    return { result: { ...purpose!, noticeHash, noticeText }, targetId: key }
  })
}
