import { type KeyObject, sign } from 'node:crypto'
import type { Tx } from '@renmai/platform/db/db'
import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { queue } from '@renmai/platform/work/queue'
import { and, eq, lte, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context, Deps } from '../context.ts'
import { lastEntry } from './audit.queries.ts'
import { checkpointBody } from './audit.rules.ts'
import { type AuditCheckpoint, auditCheckpoints, unsealedChains } from './audit.table.ts'

const Input = z.object({ idempotencyKey })

/** Signs the current state of the chain. Without a new entry since the last signature it signs nothing and returns no id. */
export async function signAuditCheckpoint(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string | null }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'signAuditCheckpoint', scope: 'audit:read' }, input, async (tx) => ({
    decided: { id: (await signNow(tx, ctx.auditKeys.signing))?.id ?? null },
    targetId: tx.tenantId,
  }))
}

async function signNow(tx: Tx, key: KeyObject): Promise<AuditCheckpoint | null> {
  const last = await lastEntry(tx)
  if (!last) return null
  const signature = sign(null, checkpointBody(tx.tenantId, last), key)
  const [made] = await tx
    .insert(auditCheckpoints)
    .values({ tenantId: tx.tenantId, id: newId(), seq: last.seq, hash: last.hash, signature })
    .onConflictDoNothing()
    .returning()
  return made ?? null
}

/** Signs each chain with new entries, a minute after the first of them. */
export const signCheckpoints = queue('unsealed_chains', ({ db, auditKeys: { signing } }: Deps) => ({
  name: 'sign-checkpoints',
  due: [{ waiting: 'true', at: 'next_at', by: 'tenant_id' }],
  work: (tenantId) =>
    withTenant(db, tenantId, async (tx) => {
      const isDue = and(eq(unsealedChains.tenantId, tenantId), lte(unsealedChains.nextAt, sql`now()`))
      const due = await tx.delete(unsealedChains).where(isDue).returning()
      if (due.length > 0) await signNow(tx, signing)
      return due.length
    }),
}))
