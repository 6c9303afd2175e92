import { createHash } from 'node:crypto'
import { parseArgs } from 'node:util'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { connect, type Db, withTenant } from '../db/db.ts'
import { publish } from '../events/outbox.ts'
import { pause } from '../serve/clock.ts'
import { baseSettings, loadConfig } from '../serve/config.ts'
import type { Snapshot } from './snapshot.ts'
import { startResend, type Wanted } from './start-resend.ts'

const settings = baseSettings.pick({ DATABASE_URL: true, RELAY_DATABASE_URL: true })
const POLL_MS = 1_000
const say = (line: string) => void process.stdout.write(`${line}\n`)

/**
 * `main.ts resend <snapshot> --for <consumer> [--tenant <id>] [--since <time>]` publishes the current state of entities again, for one
 * consumer, and prints the progress until it ends; the service must be running. `main.ts resend status` prints the progress only.
 */
export async function resendByHand(service: string, snapshots: readonly Snapshot[]): Promise<void> {
  const config = loadConfig(settings)
  const [db, relayDb] = [connect(config.DATABASE_URL), connect(config.RELAY_DATABASE_URL)]
  try {
    if (process.argv[3] === 'status') return void (await tell(relayDb, service))
    const wanted = readWanted(process.argv.slice(3), snapshots)
    say(`${service}: ${wanted.snapshot} for ${wanted.consumer}, started for ${await startResend(db, relayDb, wanted)} tenants`)
    await record(db, relayDb, service, wanted)
    while ((await tell(relayDb, service, wanted)) > 0) await pause(POLL_MS)
  } finally {
    await Promise.all([db.pool.end(), relayDb.pool.end()])
  }
}

function readWanted(args: string[], snapshots: readonly Snapshot[]): Wanted {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { for: { type: 'string' }, tenant: { type: 'string' }, since: { type: 'string' } },
  })
  const names = snapshots.map(({ name }) => name).join(', ')
  const found = snapshots.find(({ name }) => name === positionals[0])
  if (!found) throw new Error(`Name what to send again: ${names}`)
  if (!values.for) throw new Error('Name the consumer with --for, such as --for campaign_keep-orders')
  const since = values.since === undefined ? undefined : new Date(values.since)
  if (since && Number.isNaN(since.getTime())) throw new Error('Give --since as a time, such as 2026-01-31T10:00:00Z')
  if (since && !found.knowsChanges) throw new Error(`It is not known when ${found.name} changed; leave --since out`)
  return { snapshot: found.name, consumer: values.for, ...(values.tenant ? { tenantId: values.tenant } : {}), ...(since ? { since } : {}) }
}

/** An operator has no viewer, so the service stands as the actor. */
async function record(db: Db, relayDb: Db, service: string, wanted: Wanted): Promise<void> {
  const inputDigest = createHash('sha256').update(JSON.stringify(wanted)).digest()
  const { rows } = await relayDb.pool.query<{ tenant_id: string; id: string }>(
    'SELECT tenant_id, id FROM resends WHERE snapshot = $1 AND consumer = $2 AND next_at IS NOT NULL AND ($3::uuid IS NULL OR tenant_id = $3)',
    [wanted.snapshot, wanted.consumer, wanted.tenantId ?? null],
  )
  for (const { tenant_id: tenantId, id } of rows)
    await withTenant(db, tenantId, (tx) =>
      publish(tx, ActionRecordedSchema, {
        action: 'resend',
        actorKind: 'SERVICE',
        actorId: service,
        targetId: id,
        inputDigest,
        at: timestampFromDate(new Date()),
      }),
    )
}

/** @returns the number of tenants for which it is not done, without those that are parked */
async function tell(relayDb: Db, service: string, wanted?: Wanted): Promise<number> {
  const { rows } = await relayDb.pool.query<
    Record<'snapshot' | 'consumer', string> & Record<'open' | 'parked' | 'done' | 'events', number>
  >(
    `SELECT snapshot, consumer, count(*) FILTER (WHERE next_at IS NOT NULL)::int AS open, count(*) FILTER (WHERE parked_at IS NOT NULL)::int AS parked,
       count(ended_at)::int AS done, sum(published)::float8 AS events
     FROM resends WHERE $1::text IS NULL OR (snapshot = $1 AND consumer = $2) GROUP BY snapshot, consumer ORDER BY snapshot, consumer LIMIT 100`,
    [wanted?.snapshot ?? null, wanted?.consumer ?? null],
  )
  for (const { snapshot, consumer, open, parked, done, events } of rows)
    say(`${service}: ${snapshot} for ${consumer}: ${events} events; tenants: ${done} done, ${open} under way, ${parked} parked`)
  return rows.reduce((sum, { open }) => sum + open, 0)
}
