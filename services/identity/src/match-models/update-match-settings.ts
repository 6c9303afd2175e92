import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockGraph } from '../graph/graph.ts'
import { matchSettings } from '../match-records/match-record.table.ts'
import { matchModelFailure } from './match-model.failures.ts'

/** More cases than these nobody decides, and counting them would delay claims. */
const MOST_CASES = 50_000

const Input = z.object({
  idempotencyKey,
  joinsByModel: z.boolean().nullish(),
  maxOpenCases: z.int().min(0).max(MOST_CASES).nullish(),
  expectedVersion: z.int().nullish(),
})

/** Changes how the tenant matches. What is not given stays as it is. */
export async function updateMatchSettings(ctx: Context, raw: z.input<typeof Input>): Promise<{ isChanged: boolean }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'updateMatchSettings', scope: 'customers:write' }, input, async (tx) => {
    // A worker that reads the settings to join holds it as well.
    await lockGraph(tx)
    const own = eq(matchSettings.tenantId, tx.tenantId)
    const [found] = await tx.select().from(matchSettings).where(own).for('update')
    if (!found) throw matchModelFailure('MATCHING_NOT_STARTED')
    requireVersion(input.expectedVersion, found.version)
    const joinsByModel = input.joinsByModel ?? found.joinsByModel
    const maxOpenCases = input.maxOpenCases ?? found.maxOpenCases
    await tx
      .update(matchSettings)
      .set({ joinsByModel, maxOpenCases, version: found.version + 1 })
      .where(own)
    return { decided: { isChanged: true }, targetId: tx.tenantId }
  })
}
