import type { Tx } from '@renmai/platform/db/db'
import { isExclusive } from '../profiles/identifier.rules.ts'
import { type Graph, type GraphEdge, type GraphProfile, type GraphRuling, isShared, MAX_PER_IDENTIFIER, MODEL } from './graph.rules.ts'

/** More than these belong to no person: rules then join nobody by what is beyond them. */
const MAX_PROFILES = 5_000
/** Holders that are read of one identifier. The earliest ones: if it joined any before it was shared, it joined these. */
const [MAX_HOLDERS, MAX_EXCLUSIVE_HOLDERS] = [MAX_PER_IDENTIFIER + 1, 100]

/** The profiles that some profiles may be one customer with, and those that are one customer with them now. */
export async function readGraph(tx: Tx, profileIds: readonly string[]): Promise<Graph> {
  const profiles = new Map<string, GraphProfile>()
  const edges = new Map<string, GraphEdge[]>()
  const shared = new Set<string>()
  const rulings = new Map<string, Read>()
  for (let next = [...new Set(profileIds)]; next.length > 0 && profiles.size < MAX_PROFILES; ) {
    const found = (await readProfiles(tx, next)).filter(({ id }) => !profiles.has(id))
    for (const profile of found) profiles.set(profile.id, profile)
    const ids = found.map(({ id }) => id)
    const ruled = await readRulings(tx, ids)
    for (const ruling of ruled) rulings.set(ruling.id, ruling)
    const near = ruled.filter(({ kind }) => kind === 'LINK').flatMap(bothSides)
    for (const [identifierId, holders] of Map.groupBy(await readHolders(tx, ids, [...edges.keys()]), (edge) => edge.identifierId)) {
      edges.set(identifierId, holders)
      const isOfTooMany = isShared(
        holders.map(({ source }) => source),
        isExclusive(holders[0]!.namespace),
      )
      if (isOfTooMany) shared.add(identifierId)
      near.push(...(isOfTooMany ? joined(holders) : holders).map(({ profileId }) => profileId))
    }
    next = [...new Set(near)].filter((id) => !profiles.has(id))
  }
  for (const identifierId of await readBlocked(tx, [...edges.keys()])) shared.add(identifierId)
  return {
    profiles: [...profiles.values()],
    edges: activeEdges(edges, profiles, rulings),
    shared,
    ...byKind([...rulings.values()], profiles),
  }
}

type Read = GraphRuling & { readonly kind: string; readonly identifierId: string | null }
type Holder = GraphEdge & { readonly source: string; readonly customerId: string }

const bothSides = ({ sideA, sideB }: GraphRuling) => [...sideA, ...sideB]

/** Those that are one customer now with another one: an identifier that joined them before may join them no longer. */
function joined(holders: readonly Holder[]): Holder[] {
  const perCustomer = Map.groupBy(holders, ({ customerId }) => customerId)
  return holders.filter(({ customerId }) => perCustomer.get(customerId)!.length > 1)
}

function activeEdges(edges: ReadonlyMap<string, GraphEdge[]>, profiles: ReadonlyMap<string, unknown>, rulings: ReadonlyMap<string, Read>) {
  const retracted = new Set(
    [...rulings.values()].filter(({ kind }) => kind === 'RETRACTION').map((one) => `${one.sideA[0]}|${one.identifierId}`),
  )
  return [...edges.values()]
    .flat()
    .filter(({ profileId, identifierId }) => profiles.has(profileId) && !retracted.has(`${profileId}|${identifierId}`))
}

function byKind(rulings: readonly Read[], profiles: ReadonlyMap<string, unknown>): Pick<Graph, 'links' | 'cannotLinks'> {
  const links = rulings.filter((one) => one.kind === 'LINK' && bothSides(one).every((id) => profiles.has(id)))
  return { links, cannotLinks: rulings.filter(({ kind }) => kind === 'CANNOT_LINK').toSorted((a, b) => (a.id < b.id ? -1 : 1)) }
}

/** Profiles, and all that have the same customer now: what joined them may be gone. */
async function readProfiles(tx: Tx, ids: readonly string[]): Promise<GraphProfile[]> {
  const { rows } = await tx.client.query<GraphProfile>(
    `SELECT id, source, customer_id AS "customerId", coalesce(home_customer_id, customer_id) AS "homeId", encode(name_index, 'hex') AS "nameIndex",
       encode(birthday_index, 'hex') AS "birthdayIndex", coalesce(last_seen_at, created_at) AS "lastSeenAt"
     FROM profiles WHERE tenant_id = $1 AND customer_id IN (SELECT customer_id FROM profiles WHERE tenant_id = $1 AND id = ANY($2))`,
    [tx.tenantId, ids],
  )
  return rows
}

async function readRulings(tx: Tx, ids: readonly string[]): Promise<Read[]> {
  const { rows } = await tx.client.query<Read>(
    `SELECT id, kind, side_a AS "sideA", side_b AS "sideB", identifier_id AS "identifierId", decided_at AS "decidedAt",
       starts_with(decided_by, '${MODEL}') AS "isByModel" FROM rulings
     WHERE tenant_id = $1 AND holds AND kind IN ('LINK', 'CANNOT_LINK', 'RETRACTION') AND (side_a && $2 OR side_b && $2)`,
    [tx.tenantId, ids],
  )
  return rows
}

/** The profiles that carry the identifiers of these profiles. */
async function readHolders(tx: Tx, ids: readonly string[], known: readonly string[]): Promise<Holder[]> {
  const { rows } = await tx.client.query<Holder>(
    `SELECT h.profile_id AS "profileId", m.namespace, m.identifier_id AS "identifierId", h.verified_at AS "verifiedAt",
       coalesce(h.tier, CASE WHEN h.verified_at IS NOT NULL OR m.namespace LIKE 'unionid@%' OR m.namespace = 'login' THEN 1 ELSE 3 END) AS tier,
       coalesce(h.statement_id, h.profile_id)::text AS statement, h.created_at AS "foundAt", p.source, p.customer_id AS "customerId"
     FROM (SELECT DISTINCT namespace, value_index, identifier_id FROM identifiers
           WHERE tenant_id = $1 AND profile_id = ANY($2) AND identifier_id <> ALL($3) AND coalesce(tier, 1) < 3) m
     CROSS JOIN LATERAL (
       SELECT i.profile_id, i.verified_at, i.tier, i.statement_id, i.created_at FROM identifiers i
       WHERE i.tenant_id = $1 AND i.namespace = m.namespace AND i.value_index = m.value_index
         AND NOT EXISTS (SELECT 1 FROM rulings r WHERE r.tenant_id = $1 AND r.holds AND r.kind = 'RETRACTION'
           AND r.identifier_id = m.identifier_id AND r.side_a[1] = i.profile_id)
       ORDER BY i.created_at, i.profile_id
       LIMIT CASE WHEN m.namespace LIKE 'unionid@%' OR m.namespace = 'login' THEN ${MAX_EXCLUSIVE_HOLDERS} ELSE ${MAX_HOLDERS} END) h
     JOIN profiles p ON p.tenant_id = $1 AND p.id = h.profile_id`,
    [tx.tenantId, ids, known],
  )
  return rows
}

async function readBlocked(tx: Tx, identifierIds: readonly string[]): Promise<string[]> {
  const { rows } = await tx.client.query<{ id: string }>(
    `SELECT identifier_id AS id FROM rulings WHERE tenant_id = $1 AND holds AND kind = 'BLOCK' AND identifier_id = ANY($2)`,
    [tx.tenantId, identifierIds],
  )
  return rows.map(({ id }) => id)
}
