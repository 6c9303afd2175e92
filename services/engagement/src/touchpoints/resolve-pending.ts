import { open } from '@renmai/platform/crypto'
import { type Tx, withTenant } from '@renmai/platform/db'
import { type Loop, loop } from '@renmai/platform/loop'
import { tenantsWithWork } from '@renmai/platform/tenants'
import type { Worker } from '../context.ts'
import type { Claim } from './claim.ts'
import { claimPlace } from './keep-claims.ts'
import { askIdentity, type Resolution, rememberProfiles } from './resolve-claims.ts'
import { tellTouchpoints } from './tell-touchpoints.ts'

const BATCH = 500
const POLL_MS = 250

type Pending = { key: string; revision: number; claim: Claim }

/** Asks identity for the people behind stored events and attaches the events. While identity is down they wait. */
export function resolvePending(worker: Worker): Loop {
  return loop('resolve-pending', worker.bus.log, { pollMs: POLL_MS }, async () => {
    const tenants = await tenantsWithWork(worker.relayDb, 'pending_claims', 'problem IS NULL')
    let done = 0
    for (const tenantId of tenants) done += await resolveTenant(worker, tenantId)
    return done
  })
}

async function resolveTenant(worker: Worker, tenantId: string): Promise<number> {
  const pending = await withTenant(worker.db, tenantId, (tx) => readPending(tx, worker))
  if (pending.length === 0) return 0
  const answers = await askIdentity(worker, tenantId, pending)
  await withTenant(worker.db, tenantId, async (tx) => {
    await rememberProfiles(tx, answers)
    await attach(tx, answers)
    await settle(tx, pending, answers)
  })
  return pending.length
}

async function readPending(tx: Tx, { keyRing }: Worker): Promise<Pending[]> {
  const { rows } = await tx.client.query<{ key: string; revision: number; claim: Buffer }>(
    `SELECT encode(identity_key, 'hex') AS key, revision, claim FROM pending_claims WHERE tenant_id = $1 AND problem IS NULL ORDER BY created_at LIMIT ${BATCH}`,
    [tx.tenantId],
  )
  return rows.map(({ key, revision, claim }) => ({
    key,
    revision,
    claim: JSON.parse(open(keyRing, tx.tenantId, claimPlace(key), claim)) as Claim,
  }))
}

async function attach(tx: Tx, answers: Map<string, Resolution>): Promise<void> {
  const found = [...answers].flatMap(([key, answer]) => ('profileId' in answer ? [{ key, profileId: answer.profileId }] : []))
  const { rows } = await tx.client.query(
    `UPDATE touchpoints t SET profile_id = a.profile_id FROM unnest($2::text[], $3::uuid[]) AS a (key, profile_id)
     WHERE t.tenant_id = $1 AND t.identity_key = decode(a.key, 'hex') AND t.profile_id IS NULL
     RETURNING t.id, t.profile_id AS "profileId", t.type, t.channel, t.occurred_at AS "occurredAt", t.reference_id AS "referenceId"`,
    [tx.tenantId, found.map((one) => one.key), found.map((one) => one.profileId)],
  )
  await tellTouchpoints(tx, rows)
}

/** Takes answered claims away, but not one that was replaced by a newer while identity was asked. */
async function settle(tx: Tx, pending: Pending[], answers: Map<string, Resolution>): Promise<void> {
  const problemOf = (key: string) => {
    const answer = answers.get(key)
    return answer && 'problem' in answer ? answer.problem : null
  }
  const params = [tx.tenantId, pending.map((one) => one.key), pending.map((one) => one.revision), pending.map((one) => problemOf(one.key))]
  await tx.client.query(
    `UPDATE pending_claims p SET problem = a.problem FROM unnest($2::text[], $3::int[], $4::text[]) AS a (key, revision, problem)
     WHERE p.tenant_id = $1 AND p.identity_key = decode(a.key, 'hex') AND p.revision = a.revision AND a.problem IS NOT NULL`,
    params,
  )
  await tx.client.query(
    `DELETE FROM pending_claims p USING unnest($2::text[], $3::int[], $4::text[]) AS a (key, revision, problem)
     WHERE p.tenant_id = $1 AND p.identity_key = decode(a.key, 'hex') AND p.revision = a.revision AND a.problem IS NULL`,
    params,
  )
}
