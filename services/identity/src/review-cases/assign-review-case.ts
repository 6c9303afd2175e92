import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { and, isNull } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { reviewCases } from '../customers/customer.table.ts'
import { staff } from '../staff/staff.table.ts'
import { reviewCaseFailure } from './review-case.failures.ts'

const Input = z.object({
  idempotencyKey,
  reviewCaseId: z.uuid(),
  assigneeId: z.uuid().nullish(),
  dueAt: z.coerce.date().nullish(),
  expectedVersion: z.int().nullish(),
})

/** Sets who decides a case, and until when. What is not given is cleared. */
export async function assignReviewCase(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const { reviewCaseId: id, assigneeId = null, dueAt = null, expectedVersion } = input
  return mutate(ctx, { name: 'assignReviewCase', scope: 'customers:write' }, input, async (tx) => {
    const [found] = await tx
      .select()
      .from(reviewCases)
      .where(mine(tx, reviewCases, id))
      .for('update')
    if (!found) throw reviewCaseFailure('REVIEW_CASE_NOT_FOUND', 'reviewCaseId')
    requireVersion(expectedVersion, found.version)
    if (assigneeId) await requireActive(tx, assigneeId)
    await tx
      .update(reviewCases)
      .set({ assigneeId, dueAt, version: found.version + 1 })
      .where(mine(tx, reviewCases, id))
    return { decided: { id }, targetId: id }
  })
}

async function requireActive(tx: Tx, staffId: string): Promise<void> {
  const [member] = await tx
    .select({ id: staff.id })
    .from(staff)
    .where(and(mine(tx, staff, staffId), isNull(staff.disabledAt)))
  if (!member) throw reviewCaseFailure('ASSIGNEE_NOT_FOUND', 'assigneeId')
}
