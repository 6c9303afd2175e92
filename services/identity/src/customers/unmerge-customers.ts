import { publish } from '@renmai/platform/events/outbox'
import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { CustomerSplitSchema } from '@renmai/proto/identity/v1/events'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockCustomers, moveProfiles } from './absorb.ts'
import { customerDecisions, customers } from './customer.table.ts'
import { checkUnmerge } from './merge.rules.ts'

const Input = z.object({ idempotencyKey, decisionId: z.uuid(), reason: z.string().trim().min(1).max(500) })

/** Undoes a merge: the profiles that it moved go back. Profiles that the survivor has got since then stay with it. */
export async function unmergeCustomers(ctx: Context, raw: z.input<typeof Input>): Promise<{ decisionId: string; survivorId: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'unmergeCustomers', scope: 'customers:write' }, input, async (tx) => {
    const [merge] = await tx
      .select()
      .from(customerDecisions)
      .where(and(eq(customerDecisions.tenantId, tx.tenantId), eq(customerDecisions.id, input.decisionId)))
    const both = await lockCustomers(tx, merge ? [merge.survivorId, merge.absorbedId] : [])
    checkUnmerge(merge, both.get(merge?.survivorId ?? ''), both.get(merge?.absorbedId ?? ''))
    const { survivorId, absorbedId, profileIds } = merge!
    const moved = await moveProfiles(tx, survivorId, absorbedId, profileIds)
    await tx
      .update(customers)
      .set({ mergedInto: null })
      .where(and(eq(customers.tenantId, tx.tenantId), eq(customers.id, absorbedId)))
    const row = {
      tenantId: tx.tenantId,
      id: newId(),
      kind: 'UNMERGE' as const,
      survivorId,
      absorbedId,
      profileIds: moved,
      undoes: merge!.id,
      reason: input.reason,
      decidedBy: ctx.viewer.id,
      at: ctx.now(),
    }
    await tx.insert(customerDecisions).values(row)
    await publish(tx, CustomerSplitSchema, { decisionId: row.id, survivorId, restoredId: absorbedId })
    return { decided: { decisionId: row.id, survivorId }, targetId: absorbedId }
  })
}
