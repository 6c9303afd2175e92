import { type KeyObject, sign } from 'node:crypto'
import type { Tx } from '@renmai/platform/db'
import { withTenant } from '@renmai/platform/db'
import { newId } from '@renmai/platform/ids'
import { type Loop, loop } from '@renmai/platform/loop'
import { idempotencyKey, mutate } from '@renmai/platform/mutate'
import { parse } from '@renmai/platform/parse'
import type { App } from '@renmai/platform/service'
import { tenantsWithWork } from '@renmai/platform/tenants'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lastEntry } from './audit.queries.ts'
import { checkpointBody } from './audit.rules.ts'
import { type AuditCheckpoint, auditCheckpoints } from './audit.table.ts'
import { readAuditKeys } from './audit-keys.ts'

const HOUR_MS = 3_600_000
const Input = z.object({ idempotencyKey })

/** Signs what the chain is now. */
export async function signAuditCheckpoint(ctx: Context, raw: z.input<typeof Input>): Promise<AuditCheckpoint | null> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'signAuditCheckpoint', scope: 'audit:read' }, input, async (tx) => ({
    result: await signNow(tx, ctx.auditKeys.signing),
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

/** Signs every tenant's chain once an hour. */
export function signCheckpoints({ db, relayDb, log, settings }: App<{ AUDIT_PRIVATE_KEY: string }>): Loop {
  const { signing } = readAuditKeys(settings.AUDIT_PRIVATE_KEY)
  return loop('sign-checkpoints', log, { pollMs: HOUR_MS }, async () => {
    for (const tenantId of await tenantsWithWork(relayDb, 'known_tenants', 'true')) {
      await withTenant(db, tenantId, (tx) => signNow(tx, signing))
    }
    return 0
  })
}
