import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireScope } from '@renmai/platform/serve/viewer'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { rulingFailure } from '../graph/graph.ts'
import { openIdentifier } from './identifiers-of.ts'
import { identifiers } from './profile.table.ts'

const Input = z.object({ idempotencyKey, profileId: z.uuid(), identifierId: z.uuid(), reason: z.string().trim().min(1).max(500) })

/** Reads the whole value of an identifier. The reading is recorded with its reason; a repeat returns no value. */
export async function revealIdentifier(ctx: Context, raw: z.input<typeof Input>): Promise<{ profileId: string; value?: string | null }> {
  const input = parse(Input, raw)
  requireScope(ctx.viewer, 'personal:read')
  return mutate<{ profileId: string }, { value: string | null }>(
    ctx,
    { name: 'revealIdentifier', scope: 'customers:read' },
    input,
    async (tx) => {
      const { profileId, identifierId } = input
      const [row] = await tx
        .select()
        .from(identifiers)
        .where(and(eq(identifiers.tenantId, tx.tenantId), eq(identifiers.profileId, profileId), eq(identifiers.identifierId, identifierId)))
        .limit(1)
      if (!row) throw rulingFailure('IDENTIFIER_NOT_CARRIED', 'identifierId')
      const value = openIdentifier(ctx.keyRing, tx.tenantId, { profileId, identifierId, sealed: row.sealed })
      return { decided: { profileId }, targetId: profileId, once: { value } }
    },
  )
}
