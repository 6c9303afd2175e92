import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockGraph, rule } from '../graph/graph.ts'
import { isMergeInForce, profilesOfCustomer } from './customer.queries.ts'
import { customerMerges } from './customer.table.ts'
import { checkUnmerge } from './merge.rules.ts'

const Input = z.object({ idempotencyKey, mergeId: z.uuid(), reason: z.string().trim().min(1).max(500) })

type Unmerged = { unmergeId: string | null; survivorId: string; restoredId: string }

/**
 * Undoes a merge, at any time and in any order: the profiles that the two consisted of are not one person. Profiles that came
 * since then go where their own evidence puts them.
 */
export async function unmergeCustomers(ctx: Context, raw: z.input<typeof Input>): Promise<Unmerged> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'unmergeCustomers', scope: 'customers:write' }, input, async (tx) => {
    await lockGraph(tx)
    const [merge] = await tx
      .select()
      .from(customerMerges)
      .where(and(eq(customerMerges.tenantId, tx.tenantId), eq(customerMerges.id, input.mergeId)))
    checkUnmerge(merge, merge !== undefined && (await isMergeInForce(tx, merge)))
    const { survivorId, absorbedId, profileIds, survivorProfileIds, rulingId } = merge!
    const mine = new Set(profileIds)
    const sideA = survivorProfileIds ?? (await profilesOfCustomer(tx, survivorId)).filter((id) => !mine.has(id))
    const { history } = await rule(
      tx,
      {
        kind: 'CANNOT_LINK',
        sideA,
        sideB: profileIds,
        ends: rulingId ? [rulingId] : [],
        reason: input.reason,
        decidedBy: ctx.viewer.id,
        decidedAt: ctx.now(),
      },
      input.mergeId,
    )
    const unmerge = history.find((entry) => entry.kind === 'UNMERGE' && entry.absorbedId === absorbedId) ?? history[0]
    return { decided: { unmergeId: unmerge?.id ?? null, survivorId, restoredId: absorbedId }, targetId: absorbedId }
  })
}
