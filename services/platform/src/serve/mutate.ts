import { createHash } from 'node:crypto'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { z } from 'zod'
import { type Db, type Tx, withTenant } from '../db/db.ts'
import { publish } from '../events/outbox.ts'
import type { Clock } from './clock.ts'
import { crashPoint } from './crash-point.ts'
import { AppError } from './errors.ts'
import { requireScope, type Viewer } from './viewer.ts'

/** What every use case gets. */
export type BaseContext = { readonly db: Db; readonly viewer: Viewer; readonly now: Clock }

/** Every write's input has one: the same key with the same input gives the first answer again. */
export const idempotencyKey = z
  .string()
  .min(8)
  .max(128)
  .regex(/^[\w:.-]+$/, 'letters, digits, _ : . - only')

export type Command = { readonly name: string; readonly scope: string }

/** What a command did: its answer, what it acted on, and, for answers with a secret, what to answer a repeat. */
export type Outcome<T> = { result: T; targetId: string; repeat?: T }

/** Viewers of requests in which something was answered a second time; each request has its own. */
const repeated = new WeakSet<Viewer>()

/** Whether a request of this viewer was a repeat, which had no effect. */
export const wasRepeated = (viewer: Viewer): boolean => repeated.has(viewer)

/**
 * Runs a write once per idempotency key: the effect, the remembered answer and the audit entry commit together. A repeat
 * gets the first answer; two at once wait for each other.
 * @throws AppError FORBIDDEN without the scope; IDEMPOTENCY_KEY_REUSED for the same key with another input
 */
export async function mutate<T>(
  { db, viewer, now }: BaseContext,
  command: Command,
  input: { idempotencyKey: string },
  work: (tx: Tx) => Promise<Outcome<T>>,
): Promise<T> {
  requireScope(viewer, command.scope)
  const digest = createHash('sha256')
    .update(canonical({ input, actor: viewer.id }))
    .digest()
  const answer = await withTenant(db, viewer.tenantId, async (tx) => {
    const earlier = await claim(tx, command.name, input.idempotencyKey, digest)
    if (earlier) {
      repeated.add(viewer)
      return earlier.response as T
    }
    const { result, targetId, repeat } = await work(tx)
    await tx.client.query('UPDATE idempotency_keys SET response = $4 WHERE tenant_id = $1 AND command = $2 AND key = $3', [
      tx.tenantId,
      command.name,
      input.idempotencyKey,
      JSON.stringify(repeat ?? result ?? null),
    ])
    await publish(tx, ActionRecordedSchema, {
      action: command.name,
      actorKind: viewer.kind,
      actorId: viewer.id,
      targetId,
      inputDigest: digest,
      at: timestampFromDate(now()),
    })
    return result
  })
  crashPoint('committed')
  return answer
}

async function claim(tx: Tx, command: string, key: string, digest: Buffer): Promise<{ response: unknown } | undefined> {
  const inserted = await tx.client.query(
    'INSERT INTO idempotency_keys (tenant_id, command, key, request_hash) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    [tx.tenantId, command, key, digest],
  )
  if (inserted.rowCount === 1) return undefined
  const { rows } = await tx.client.query<{ request_hash: Buffer; response: unknown }>(
    'SELECT request_hash, response FROM idempotency_keys WHERE tenant_id = $1 AND command = $2 AND key = $3',
    [tx.tenantId, command, key],
  )
  if (!rows[0]?.request_hash.equals(digest)) {
    throw new AppError('IDEMPOTENCY_KEY_REUSED', 'This idempotencyKey was used with another input; take a new one')
  }
  return { response: rows[0].response }
}

/** JSON with sorted keys, so that the same input always has the same hash. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner) && !(inner instanceof Date)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
