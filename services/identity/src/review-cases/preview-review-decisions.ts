import { withTenant } from '@renmai/platform/db/db'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import type { ReviewCase } from '../customers/customer.table.ts'
import { ReviewDecision } from '../gen/resolvers.ts'
import { Selection, selectCases } from './select-cases.ts'

const SAMPLE = 20
const Args = z.object({ cases: Selection, decision: z.enum(ReviewDecision) })

type ReviewPreview = {
  count: number
  hasMore: boolean
  byReason: { reason: ReviewCase['reason']; count: number }[]
  sample: ReviewCase[]
}

/** The cases that a bulk decision would decide. Nothing is changed. */
export async function previewReviewDecisions(ctx: Context, raw: z.input<typeof Args>): Promise<ReviewPreview> {
  const { cases: selection, decision } = parse(Args, raw)
  const { cases, hasMore } = await withTenant(ctx.db, ctx.viewer.tenantId, (tx) => selectCases(tx, selection, decision))
  const byReason = [...Map.groupBy(cases, ({ reason }) => reason)].map(([reason, of]) => ({ reason, count: of.length }))
  return { count: cases.length, hasMore, byReason, sample: cases.slice(0, SAMPLE) }
}
