import type { Tx } from '@renmai/platform/db/db'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { and, eq, sql } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockLiveCode } from './live-code.queries.ts'
import { type LiveCode, liveCodes } from './live-code.table.ts'

export const SCOPE = 'channels:write'

/** Input of every change of a live code. */
export const LiveCodeChange = z.object({ idempotencyKey, liveCodeId: z.uuid(), expectedVersion: z.int().nullish() })

export type LiveCodeChanges = PgUpdateSetSource<typeof liveCodes>

/** Changes a code whose row is locked, and puts it into the queue that brings the platform to the new version. */
export async function changeLiveCode(tx: Tx, { id, version }: LiveCode, changes: LiveCodeChanges) {
  const queued = {
    // An attempt under way ends first: it puts the code into the queue again when it finds a newer version.
    nextAt: sql`CASE WHEN ${liveCodes.attemptId} IS NULL THEN now() ELSE ${liveCodes.nextAt} END`,
    attempts: 0,
    problem: null,
    parkedAt: null,
  }
  await tx
    .update(liveCodes)
    .set({ ...queued, ...changes, version: version + 1, updatedAt: sql`now()` })
    .where(and(eq(liveCodes.tenantId, tx.tenantId), eq(liveCodes.id, id)))
  tx.work.add('live_codes')
  return { decided: { id }, targetId: id }
}

/**
 * Runs a change that needs no more than the code's row.
 * @param decide the changes, or an AppError; undefined for a code that is already so
 */
export async function editLiveCode(
  ctx: Context,
  name: string,
  raw: z.input<typeof LiveCodeChange>,
  decide: (tx: Tx, code: LiveCode) => Promise<LiveCodeChanges | undefined> | LiveCodeChanges | undefined,
): Promise<{ id: string }> {
  const input = parse(LiveCodeChange, raw)
  return mutate(ctx, { name, scope: SCOPE }, input, async (tx) => {
    const code = await lockLiveCode(tx, input.liveCodeId)
    requireVersion(input.expectedVersion, code.version)
    const changes = await decide(tx, code)
    return changes ? changeLiveCode(tx, code, changes) : { decided: { id: code.id }, targetId: code.id }
  })
}
