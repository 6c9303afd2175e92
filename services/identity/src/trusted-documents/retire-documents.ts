import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { and, eq, inArray, isNull } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { Hash } from './publish-documents.ts'
import { trustedDocuments } from './trusted-document.table.ts'

const Input = z.object({ idempotencyKey, hashes: z.array(Hash).min(1).max(1_000) })

export async function retireDocuments(ctx: Context, raw: z.input<typeof Input>): Promise<{ retired: number }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'retireDocuments', scope: 'documents:write' }, input, async (tx) => {
    const { tenantId, hash, retiredAt } = trustedDocuments
    const trusted = and(eq(tenantId, tx.tenantId), inArray(hash, input.hashes), isNull(retiredAt))
    const { rowCount } = await tx.update(trustedDocuments).set({ retiredAt: ctx.now() }).where(trusted)
    return { decided: { retired: rowCount ?? 0 }, targetId: tx.tenantId }
  })
}
