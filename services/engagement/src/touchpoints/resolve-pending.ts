import { type Tx, withTenant } from '@renmai/platform/db/db'
import { open } from '@renmai/platform/secrets/crypto'
import { isTransient } from '@renmai/platform/serve/errors'
import { LEASED } from '@renmai/platform/work/leased'
import { queue } from '@renmai/platform/work/queue'
import { outcomeOf, problemOf } from '@renmai/platform/work/settle'
import type { Deps } from '../context.ts'
import type { Claim } from './claim.ts'
import { claimPlace } from './keep-claims.ts'
import { askIdentity, type Resolution, rememberProfiles } from './resolve-claims.ts'
import { tellTouchpoints } from './tell-touchpoints.ts'

const BATCH = 500
const LEASE = "interval '30 seconds'"
/** While identity does not answer, a claim has no problem. */
const AWAY = "interval '1 second' * (1 + random())"

type Held = { key: string; revision: number; attempts: number }
type Pending = Held & { claim: Claim }

/** Requests the people of stored events from identity and attaches the events. While identity is down they wait. */
export const resolvePending = queue('pending_claims', (deps: Deps) => ({
  name: 'resolve-pending',
  due: [LEASED],
  parks: true,
  work: (tenantId) => resolveTenant(deps, tenantId),
}))

async function resolveTenant(deps: Deps, tenantId: string): Promise<number> {
  const claimed = await withTenant(deps.db, tenantId, claimDue)
  const { opened, broken } = openAll(deps, tenantId, claimed)
  if (broken.length > 0) await withTenant(deps.db, tenantId, (tx) => park(tx, broken, 'INTERNAL: Stored data could not be decrypted'))
  if (opened.length > 0) await resolve(deps, tenantId, opened)
  return claimed.length
}

/** A batch that identity refuses as a whole is resolved one by one, so that the faulty claim delays no other. */
async function resolve(deps: Deps, tenantId: string, pending: Pending[]): Promise<void> {
  try {
    const answers = await askIdentity(deps, tenantId, pending)
    await withTenant(deps.db, tenantId, async (tx) => {
      await rememberProfiles(tx, answers)
      await attach(tx, answers)
      await settle(tx, pending, answers)
    })
  } catch (error) {
    if (isTransient(error)) {
      await withTenant(deps.db, tenantId, (tx) => postpone(tx, pending, problemOf(error)))
      throw error
    }
    if (pending.length > 1) for (const one of pending) await resolve(deps, tenantId, [one])
    else await withTenant(deps.db, tenantId, (tx) => note(tx, pending[0]!, error))
  }
}

async function claimDue(tx: Tx): Promise<(Held & { claim: Buffer })[]> {
  const { rows } = await tx.client.query<Held & { claim: Buffer }>(
    `UPDATE pending_claims SET next_at = now() + ${LEASE}, attempts = attempts + 1 WHERE (tenant_id, identity_key) IN (
       SELECT tenant_id, identity_key FROM pending_claims WHERE tenant_id = $1 AND next_at <= now() ORDER BY next_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
     RETURNING encode(identity_key, 'hex') AS key, revision, attempts, claim`,
    [tx.tenantId],
  )
  return rows
}

function openAll({ keyRing }: Deps, tenantId: string, claimed: (Held & { claim: Buffer })[]) {
  const [opened, broken] = [[] as Pending[], [] as Held[]]
  for (const one of claimed) {
    try {
      opened.push({ ...one, claim: JSON.parse(open(keyRing, tenantId, claimPlace(one.key), one.claim)) as Claim })
    } catch {
      broken.push(one)
    }
  }
  return { opened, broken }
}

const MINE = "tenant_id = $1 AND identity_key = decode($2, 'hex') AND revision = $3"

async function park(tx: Tx, held: readonly Held[], problem: string): Promise<void> {
  for (const { key, revision } of held)
    await tx.client.query(`UPDATE pending_claims SET next_at = NULL, parked_at = now(), problem = $4 WHERE ${MINE}`, [
      tx.tenantId,
      key,
      revision,
      problem,
    ])
}

async function postpone(tx: Tx, held: readonly Held[], problem: string): Promise<void> {
  await tx.client.query(
    `UPDATE pending_claims p SET next_at = now() + ${AWAY}, attempts = 0, problem = $4 FROM unnest($2::text[], $3::int[]) AS a (key, revision)
     WHERE p.tenant_id = $1 AND p.identity_key = decode(a.key, 'hex') AND p.revision = a.revision`,
    [tx.tenantId, held.map(({ key }) => key), held.map(({ revision }) => revision), problem],
  )
}

async function note(tx: Tx, held: Held, error: unknown): Promise<void> {
  const outcome = outcomeOf(error, held.attempts)
  if ('parked' in outcome) return park(tx, [held], outcome.parked)
  await tx.client.query(`UPDATE pending_claims SET problem = $4 WHERE ${MINE}`, [tx.tenantId, held.key, held.revision, problemOf(error)])
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

/** Deletes resolved claims, but not a claim that was replaced by a newer one during the request to identity. */
async function settle(tx: Tx, pending: Pending[], answers: Map<string, Resolution>): Promise<void> {
  const problemOf = (key: string) => {
    const answer = answers.get(key)
    return answer && 'problem' in answer ? answer.problem : null
  }
  const params = [tx.tenantId, pending.map((one) => one.key), pending.map((one) => one.revision), pending.map((one) => problemOf(one.key))]
  await tx.client.query(
    `UPDATE pending_claims p SET problem = a.problem, next_at = NULL, parked_at = now() FROM unnest($2::text[], $3::int[], $4::text[]) AS a (key, revision, problem)
     WHERE p.tenant_id = $1 AND p.identity_key = decode(a.key, 'hex') AND p.revision = a.revision AND a.problem IS NOT NULL`,
    params,
  )
  await tx.client.query(
    `DELETE FROM pending_claims p USING unnest($2::text[], $3::int[], $4::text[]) AS a (key, revision, problem)
     WHERE p.tenant_id = $1 AND p.identity_key = decode(a.key, 'hex') AND p.revision = a.revision AND a.problem IS NULL`,
    params,
  )
}
