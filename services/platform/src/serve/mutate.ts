import { createHash } from 'node:crypto'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { z } from 'zod'
import { type Db, type Tx, withTenant } from '../db/db.ts'
import { forgetLoaded } from '../db/loaded.ts'
import { publish } from '../events/outbox.ts'
import type { Clock } from './clock.ts'
import { crashPoint } from './crash-point.ts'
import { AppError } from './errors.ts'
import { requireScope, type Viewer } from './viewer.ts'

/** The context of every use case. */
export type BaseContext = { readonly db: Db; readonly viewer: Viewer; readonly now: Clock }

/** Every write has a key in its input: the same key with the same input has one effect and returns the same decision again. */
export const idempotencyKey = z
  .string()
  .min(8)
  .max(128)
  .regex(/^[\w:.-]+$/, 'letters, digits, _ : . - only')

export type Command = {
  readonly name: string
  /** The scope that it needs, or the policy, by its key. */
  readonly scope: string
  /** Requests to other services before the transaction. A repeat does without: it succeeds also while they are away. */
  readonly check?: () => Promise<unknown>
}

/**
 * The stored result of a command: ids, numbers and booleans. All other data belongs to entities, which are read for
 * each answer: a repeat gets their current state, and no personal data is stored with the idempotency keys.
 */
type Decided<T> = { [K in keyof T]: K extends 'id' | `${string}Id` ? string | null : number | boolean | null }

/** The decision of a command, the object that it acted on, and values that are returned once and never stored, such as a secret. */
export type Outcome<T extends Decided<T>, O extends object> = { decided: T; targetId: string; once?: O }

/** Viewers of requests in which a stored answer was returned; each request has its own viewer object. */
const repeated = new WeakSet<Viewer>()

/** Whether a request of this viewer was a repeat, which had no effect. */
export const wasRepeated = (viewer: Viewer): boolean => repeated.has(viewer)

/**
 * Runs a write once per idempotency key: the effect, the decision and the audit entry commit together. A repeat gets
 * the same decision without the values that are returned once. Two concurrent calls wait for each other.
 * @returns ids and counts; resolvers read the entities by their loaders, which are cleared by the write
 * @throws AppError FORBIDDEN without the scope; IDEMPOTENCY_KEY_REUSED for the same key with another input
 */
export async function mutate<T extends Decided<T>, O extends object = object>(
  { db, viewer, now }: BaseContext,
  command: Command,
  input: { idempotencyKey: string },
  work: (tx: Tx) => Promise<Outcome<T, O>>,
): Promise<T & Partial<O>> {
  requireScope(viewer, command.scope)
  const digest = createHash('sha256')
    .update(canonical({ input, actor: viewer.id }))
    .digest()
  if (command.check && !(await withTenant(db, viewer.tenantId, (tx) => isRepeat(tx, command.name, input.idempotencyKey))))
    await command.check()
  const answer = await withTenant(db, viewer.tenantId, async (tx) => {
    const earlier = await claim(tx, command.name, input.idempotencyKey, digest)
    if (earlier) {
      repeated.add(viewer)
      return earlier.response as T & Partial<O>
    }
    const { decided, targetId, once } = await work(tx)
    await tx.client.query('UPDATE idempotency_keys SET response = $4 WHERE tenant_id = $1 AND command = $2 AND key = $3', [
      tx.tenantId,
      command.name,
      input.idempotencyKey,
      JSON.stringify(decided),
    ])
    await publish(tx, ActionRecordedSchema, {
      action: command.name,
      actorKind: viewer.kind,
      actorId: viewer.id,
      targetId,
      inputDigest: digest,
      at: timestampFromDate(now()),
    })
    return { ...decided, ...once } as T & Partial<O>
  })
  forgetLoaded(viewer)
  crashPoint('committed')
  return answer
}

async function isRepeat(tx: Tx, command: string, key: string): Promise<boolean> {
  const { rowCount } = await tx.client.query('SELECT 1 FROM idempotency_keys WHERE tenant_id = $1 AND command = $2 AND key = $3', [
    tx.tenantId,
    command,
    key,
  ])
  return rowCount === 1
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
