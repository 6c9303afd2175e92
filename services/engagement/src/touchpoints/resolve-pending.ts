import { type Tx, withTenant } from '@renmai/platform/db/db'
import { spell } from '@renmai/platform/people/identifier.rules'
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

type Held = { id: string; key: string; attempts: number }
type Pending = Held & { claim: Claim }

/** Requests the people of stored events from identity and attaches the events. While identity is down they wait. */
export const resolvePending = queue('event_claims', (deps: Deps) => ({
  name: 'resolve-pending',
  due: [LEASED],
  parks: true,
  work: (tenantId) => resolveTenant(deps, tenantId),
}))

async function resolveTenant(deps: Deps, tenantId: string): Promise<number> {
  const claimed = await withTenant(deps.db, tenantId, claimDue)
  const { opened, broken, nobody } = openAll(deps, tenantId, claimed)
  await withTenant(deps.db, tenantId, async (tx) => {
    await park(tx, broken, 'INTERNAL: Stored data could not be decrypted')
    await park(tx, nobody, 'INVALID: No identifier of the event identifies a person')
  })
  if (opened.length > 0) await resolve(deps, tenantId, opened)
  return claimed.length
}

/** A batch that identity refuses as a whole is resolved one by one, so that the faulty claim delays no other. */
async function resolve(deps: Deps, tenantId: string, pending: Pending[]): Promise<void> {
  try {
    const answers = await askIdentity(deps, tenantId, informative(pending))
    const byKey = new Map(pending.flatMap(({ id, key }) => (answers.has(id) ? [[key, answers.get(id)!] as const] : [])))
    await withTenant(deps.db, tenantId, async (tx) => {
      await rememberProfiles(tx, byKey)
      await attach(tx, byKey)
      await settle(tx, pending, (one) => answers.get(one.id) ?? byKey.get(one.key)!)
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

/** The claims without those that only repeat the identifiers of another one. */
function informative(pending: Pending[]): Pending[] {
  const named = new Set<string>()
  return pending
    .toSorted((a, b) => b.claim.attributes.length - a.claim.attributes.length)
    .filter(({ key, claim }) => {
      const isNews = claim.attributes.length > 0 || !named.has(key)
      named.add(key)
      return isNews
    })
}

async function claimDue(tx: Tx): Promise<(Held & { claim: Buffer })[]> {
  const { rows } = await tx.client.query<Held & { claim: Buffer }>(
    `UPDATE event_claims SET next_at = now() + ${LEASE}, attempts = attempts + 1 WHERE tenant_id = $1 AND id IN (
       SELECT id FROM event_claims WHERE tenant_id = $1 AND next_at <= now() ORDER BY next_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
     RETURNING id, encode(identity_key, 'hex') AS key, attempts, claim`,
    [tx.tenantId],
  )
  return rows
}

function openAll({ keyRing }: Deps, tenantId: string, claimed: (Held & { claim: Buffer })[]) {
  const [opened, broken, nobody] = [[] as Pending[], [] as Held[], [] as Held[]]
  for (const one of claimed) {
    try {
      const claim = JSON.parse(open(keyRing, tenantId, claimPlace(one.key), one.claim)) as Claim
      const isSomebody = claim.identifiers.some(({ namespace, value }) => !('code' in spell(namespace, value)))
      if (isSomebody) opened.push({ ...one, claim })
      else nobody.push(one)
    } catch {
      broken.push(one)
    }
  }
  return { opened, broken, nobody }
}

async function park(tx: Tx, held: readonly Held[], problem: string): Promise<void> {
  if (held.length === 0) return
  await tx.client.query(`UPDATE event_claims SET next_at = NULL, parked_at = now(), problem = $3 WHERE tenant_id = $1 AND id = ANY($2)`, [
    tx.tenantId,
    held.map(({ id }) => id),
    problem,
  ])
}

async function postpone(tx: Tx, held: readonly Held[], problem: string): Promise<void> {
  await tx.client.query(
    `UPDATE event_claims SET next_at = now() + ${AWAY}, attempts = 0, problem = $3 WHERE tenant_id = $1 AND id = ANY($2) AND parked_at IS NULL`,
    [tx.tenantId, held.map(({ id }) => id), problem],
  )
}

async function note(tx: Tx, held: Held, error: unknown): Promise<void> {
  const outcome = outcomeOf(error, held.attempts)
  if ('parked' in outcome) return park(tx, [held], outcome.parked)
  await tx.client.query(`UPDATE event_claims SET problem = $3 WHERE tenant_id = $1 AND id = $2`, [tx.tenantId, held.id, problemOf(error)])
}

async function attach(tx: Tx, answers: Map<string, Resolution>): Promise<void> {
  const found = [...answers].flatMap(([key, answer]) => ('profileId' in answer ? [{ key, profileId: answer.profileId }] : []))
  const { rows } = await tx.client.query(
    // The list lets each partition be searched once, and not once for each key.
    `UPDATE touchpoints t SET profile_id = a.profile_id FROM unnest($2::bytea[], $3::uuid[]) AS a (key, profile_id)
     WHERE t.tenant_id = $1 AND t.identity_key = a.key AND t.identity_key = ANY($2) AND t.profile_id IS NULL
     RETURNING t.id, t.profile_id AS "profileId", t.type, t.channel, t.occurred_at AS "occurredAt", t.reference_id AS "referenceId", t.details`,
    [tx.tenantId, found.map((one) => Buffer.from(one.key, 'hex')), found.map((one) => one.profileId)],
  )
  await tellTouchpoints(tx, rows)
}

/** Deletes resolved claims, and parks those that identity refuses. */
async function settle(tx: Tx, pending: Pending[], answerOf: (one: Pending) => Resolution): Promise<void> {
  const refused = Map.groupBy(pending, (one) => {
    const answer = answerOf(one)
    return 'problem' in answer ? answer.problem : null
  })
  for (const [problem, held] of refused) {
    if (problem !== null) await park(tx, held, problem)
    else await tx.client.query('DELETE FROM event_claims WHERE tenant_id = $1 AND id = ANY($2)', [tx.tenantId, held.map(({ id }) => id)])
  }
}
