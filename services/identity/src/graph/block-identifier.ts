import { blindIndex } from '@renmai/platform/secrets/crypto'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { noteChanged } from '../match-records/match-record.ts'
import { normalise } from '../profiles/identifier.rules.ts'
import { identifierIdOf } from '../profiles/profile.ts'
import { lockGraph } from './lock-graph.ts'
import { rule } from './rule.ts'
import { rulingFailure } from './ruling.failures.ts'

const Input = z.object({
  idempotencyKey,
  namespace: z.string().min(1).max(128),
  value: z.string().min(1).max(512),
  reason: z.string().trim().min(1).max(500),
})

/** States that an identifier is nobody's. The value is not stored, and nobody needs to carry it yet. */
export async function blockIdentifier(ctx: Context, raw: z.input<typeof Input>): Promise<{ rulingId: string }> {
  const input = parse(Input, raw)
  const { namespace, value } = normalise(input)
  return mutate(ctx, { name: 'blockIdentifier', scope: 'customers:write' }, input, async (tx) => {
    await lockGraph(tx)
    const identifierId = identifierIdOf(blindIndex(ctx.keyRing, tx.tenantId, namespace, value))
    const { rowCount } = await tx.client.query(
      `SELECT 1 FROM rulings WHERE tenant_id = $1 AND holds AND kind = 'BLOCK' AND identifier_id = $2`,
      [tx.tenantId, identifierId],
    )
    if (rowCount) throw rulingFailure('IDENTIFIER_BLOCKED', 'value')
    const { rulingId, identified } = await rule(tx, {
      kind: 'BLOCK',
      identifierId,
      namespace,
      reason: input.reason,
      decidedBy: ctx.viewer.id,
      decidedAt: ctx.now(),
    })
    await noteChanged(tx, identified)
    return { decided: { rulingId }, targetId: rulingId }
  })
}
