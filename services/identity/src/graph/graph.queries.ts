import { encodeArray } from '@renmai/platform/db/bulk'
import type { Tx } from '@renmai/platform/db/db'
import { prepared } from '@renmai/platform/db/prepared'
import { together } from '@renmai/platform/db/together'
import { isDevice, isExclusive } from '../profiles/identifier.rules.ts'
import { OF_PROFILES, OF_THE_ANONYMOUS, readAnonymous } from './anonymous.queries.ts'
import {
  type CarriedEdge,
  type Graph,
  type GraphEdge,
  type GraphProfile,
  type GraphRuling,
  isShared,
  MAX_PER_IDENTIFIER,
  type Newcomers,
} from './graph.rules.ts'
import { refusedBefore } from './refused.queries.ts'
import { type HoldingRuling, readBlocked, readRulings } from './ruling.queries.ts'

/** More than these belong to no person: rules then join nobody by what is beyond them. Each of a batch has some of its own. */
const [MAX_PROFILES, MAX_PER_SEED] = [5_000, 10]
/** Holders that are read of one identifier. The earliest ones: if it joined any before it was shared, it joined these. */
const [MAX_HOLDERS, MAX_EXCLUSIVE_HOLDERS] = [MAX_PER_IDENTIFIER + 1, 100]

/**
 * The profiles that some profiles may be one customer with, and those that are one customer with them now. First come those whom
 * identifiers and links lead to: only their devices can get other users. Then come the holders of these devices, and of what they
 * carry only what decides about themselves: a person is found without devices, and what is anonymous by devices alone. So the crowd
 * that would follow from device to device stays out.
 * @param profileIds of profiles that are stored
 * @param newcomers profiles that are not stored yet, with what they carry
 * @param most profiles from which on no others are read
 */
export async function readGraph(
  tx: Tx,
  profileIds: readonly string[],
  newcomers: Newcomers = NOBODY,
  most = MAX_PROFILES + MAX_PER_SEED * (newcomers.profiles.length + profileIds.length),
): Promise<Graph> {
  const profiles = new Map<string, GraphProfile>(newcomers.profiles.map((profile) => [profile.id, profile]))
  const edges = new Map<string, GraphEdge[]>()
  const shared = new Set<string>()
  const rulings = new Map<string, HoldingRuling>()
  const unread = (ids: readonly string[]) => [...new Set(ids)].filter((id) => !profiles.has(id))
  const arriving = holdersAmong(newcomers)
  const withDevice: string[] = []
  let isOfDevices = false
  for (let next = [...new Set(profileIds)], isFirst = true; isFirst || (next.length > 0 && profiles.size < most); isFirst = false) {
    const found = (await readProfiles(tx, next)).filter(({ id }) => !profiles.has(id))
    for (const profile of found) profiles.set(profile.id, profile)
    const ids = found.map(({ id }) => id)
    const [given, brought] = isFirst ? [newcomers, arriving] : [NOBODY, NONE]
    const [ruled, stored] = await together(tx, () => [
      readRulings(tx, ids),
      readRound(tx, ids, [...arriving.keys(), ...edges.keys()], given, isOfDevices),
    ])
    for (const ruling of ruled) rulings.set(ruling.id, ruling)
    const reached = withNewcomers(stored, brought)
    for (const [identifierId, holders] of reached) edges.set(identifierId, holders)
    const { byDevices, byOthers, ofTooMany } = leadingTo(reached)
    for (const identifierId of ofTooMany) shared.add(identifierId)
    withDevice.push(...byDevices)
    const refused = await refusedBefore(
      tx,
      ofTooMany.flatMap((identifierId) => reached.get(identifierId)!),
    )
    next = unread([...linked(ruled), ...byOthers, ...refused, ...(isOfDevices ? byDevices : [])])
    if (next.length > 0 || isOfDevices) continue
    isOfDevices = true
    next = unread(withDevice)
  }
  const blocked = await readBlocked(tx, [...edges.keys()])
  const active = activeEdges(edges, profiles, rulings)
  return {
    profiles: [...profiles.values()],
    edges: active,
    shared: new Set([...shared, ...blocked, ...notWhollyRead(edges, profiles)]),
    anonymous: await readAnonymous(tx, active, [...profiles.keys()], newcomers),
    ...byKind([...rulings.values()], profiles),
  }
}

/** The profiles to whom identifiers lead. Those of too many lead to whom they joined before; devices to all who show why not. */
function leadingTo(reached: ReadonlyMap<string, readonly Holder[]>): Record<'byDevices' | 'byOthers' | 'ofTooMany', string[]> {
  const [devices, others] = [[] as Holder[], [] as Holder[]]
  const ofTooMany: string[] = []
  for (const [identifierId, holders] of reached) {
    const isShared = isOfTooMany(holders)
    if (isShared) ofTooMany.push(identifierId)
    if (isDevice(holders[0]!.namespace)) devices.push(...holders)
    else others.push(...(isShared ? joined(holders) : holders))
  }
  const idsOf = (holders: readonly Holder[]) => holders.map(({ profileId }) => profileId)
  return { byDevices: idsOf(devices), byOthers: idsOf(others), ofTooMany }
}

/** Devices of which not all users are read: they attach nobody. */
const notWhollyRead = (edges: ReadonlyMap<string, GraphEdge[]>, profiles: ReadonlyMap<string, unknown>) =>
  [...edges]
    .filter(([, [one, ...others]]) => isDevice(one!.namespace) && ![one!, ...others].every(({ profileId }) => profiles.has(profileId)))
    .map(([id]) => id)

const NOBODY: Newcomers = { profiles: [], edges: [] }
const NONE: ReadonlyMap<string, Holder[]> = new Map()

type Holder = GraphEdge & { readonly source: string; readonly customerId: string }

/** The stored holders of the identifiers of newcomers, and of those of stored profiles that are not known yet. */
async function readRound(
  tx: Tx,
  ids: readonly string[],
  known: readonly string[],
  newcomers: Newcomers,
  isOfDevices: boolean,
): Promise<Holder[]> {
  const carried = newcomers.edges.length > 0 ? await readHolders(tx, CARRIED, carriedBy(newcomers)) : []
  if (ids.length === 0) return carried
  return [
    ...carried,
    ...(await readHolders(tx, isOfDevices ? OF_THE_ANONYMOUS : OF_PROFILES, [encodeArray('uuid', ids), encodeArray('uuid', known)])),
  ]
}

const isOfTooMany = (holders: readonly Holder[]): boolean =>
  isShared(
    holders.map(({ source }) => source),
    isExclusive(holders[0]!.namespace),
  )

/** The newcomers that carry each identifier. What proves nothing (tier 3) leads to nobody, but for devices. */
function holdersAmong({ profiles, edges }: Newcomers): Map<string, Holder[]> {
  const byId = new Map(profiles.map((profile) => [profile.id, profile]))
  const usable = edges.flatMap((edge) => {
    if (!isUsable(edge)) return []
    const { source, homeId } = byId.get(edge.profileId)!
    return [{ ...edge, source, customerId: homeId }]
  })
  return Map.groupBy(usable, ({ identifierId }) => identifierId)
}

const isUsable = ({ tier, namespace }: GraphEdge) => tier < 3 || isDevice(namespace)

/** Holders by identifier: stored ones carry it longer than newcomers. */
function withNewcomers(stored: readonly Holder[], arriving: ReadonlyMap<string, Holder[]>): Map<string, Holder[]> {
  const holders = Map.groupBy(stored, ({ identifierId }) => identifierId)
  for (const [identifierId, added] of arriving) {
    const known = holders.get(identifierId) ?? []
    holders.set(
      identifierId,
      [...known, ...added.toSorted((a, b) => (a.profileId < b.profileId ? -1 : 1))].slice(0, mostOf(added[0]!.namespace)),
    )
  }
  return holders
}

const mostOf = (namespace: string) => (isExclusive(namespace) ? MAX_EXCLUSIVE_HOLDERS : MAX_HOLDERS)

const bothSides = ({ sideA, sideB }: GraphRuling) => [...sideA, ...sideB]
const linked = (rulings: readonly HoldingRuling[]) => rulings.filter(({ kind }) => kind === 'LINK').flatMap(bothSides)

/** Those that are one customer now with another one: an identifier that joined them before may join them no longer. */
function joined(holders: readonly Holder[]): Holder[] {
  const perCustomer = Map.groupBy(holders, ({ customerId }) => customerId)
  return holders.filter(({ customerId }) => perCustomer.get(customerId)!.length > 1)
}

function activeEdges(
  edges: ReadonlyMap<string, GraphEdge[]>,
  profiles: ReadonlyMap<string, unknown>,
  rulings: ReadonlyMap<string, HoldingRuling>,
) {
  const retracted = new Set(
    [...rulings.values()].filter(({ kind }) => kind === 'RETRACTION').map((one) => `${one.sideA[0]}|${one.identifierId}`),
  )
  return [...edges.values()]
    .flat()
    .filter(({ profileId, identifierId }) => profiles.has(profileId) && !retracted.has(`${profileId}|${identifierId}`))
}

function byKind(rulings: readonly HoldingRuling[], profiles: ReadonlyMap<string, unknown>): Pick<Graph, 'links' | 'cannotLinks'> {
  const links = rulings.filter((one) => one.kind === 'LINK' && bothSides(one).every((id) => profiles.has(id)))
  return { links, cannotLinks: rulings.filter(({ kind }) => kind === 'CANNOT_LINK').toSorted((a, b) => (a.id < b.id ? -1 : 1)) }
}

/**
 * Profiles, and all that have the same customer now: what joined them may be gone. Here and below OFFSET 0 keeps a look-up for each
 * row: with old statistics the planner takes a tenant for small, and reads all of it for each batch.
 */
async function readProfiles(tx: Tx, ids: readonly string[]): Promise<GraphProfile[]> {
  if (ids.length === 0) return []
  const { rows } = await tx.client.query<GraphProfile>(
    prepared(
      `SELECT id, source, customer_id AS "customerId", coalesce(home_customer_id, customer_id) AS "homeId", encode(name_index, 'hex') AS "nameIndex",
       encode(birthday_index, 'hex') AS "birthdayIndex", coalesce(last_seen_at, created_at) AS "lastSeenAt"
     FROM (SELECT DISTINCT p.customer_id AS of FROM unnest($2::uuid[]) AS c (id)
       CROSS JOIN LATERAL (SELECT customer_id FROM profiles WHERE tenant_id = $1 AND profiles.id = c.id OFFSET 0) p) m
     CROSS JOIN LATERAL (SELECT * FROM profiles WHERE tenant_id = $1 AND customer_id = m.of OFFSET 0) found`,
      [tx.tenantId, encodeArray('uuid', ids)],
    ),
  )
  return rows
}

/** The identifiers of newcomers. */
const CARRIED = 'SELECT * FROM unnest($2::text[], $3::bytea[], $4::uuid[]) AS c (namespace, value_index, identifier_id)'

function carriedBy({ edges }: Newcomers): Buffer[] {
  const carried = [...new Map(edges.filter(isUsable).map((edge) => [edge.identifierId, edge])).values()]
  const column = (type: Parameters<typeof encodeArray>[0], of: (edge: CarriedEdge) => unknown) => encodeArray(type, carried.map(of))
  return [
    column('text', ({ namespace }) => namespace),
    column('bytea', ({ valueIndex }) => valueIndex),
    column('uuid', ({ identifierId }) => identifierId),
  ]
}

/**
 * The stored profiles that carry some identifiers.
 * @param which query of the identifiers, with its parameters from $2 on
 */
async function readHolders(tx: Tx, which: string, parameters: readonly Buffer[]): Promise<Holder[]> {
  const { rows } = await tx.client.query<Holder>(
    prepared(
      `SELECT h.profile_id AS "profileId", m.namespace, m.identifier_id AS "identifierId", h.verified_at AS "verifiedAt",
       coalesce(h.tier, CASE WHEN h.verified_at IS NOT NULL OR m.namespace LIKE 'unionid@%' OR m.namespace = 'login' THEN 1 ELSE 3 END) AS tier,
       coalesce(h.statement_id, h.profile_id)::text AS statement, h.created_at AS "foundAt", p.source, p.customer_id AS "customerId"
     FROM (${which}) m
     CROSS JOIN LATERAL (
       SELECT i.profile_id, i.verified_at, i.tier, i.statement_id, i.created_at FROM identifiers i
       WHERE i.tenant_id = $1 AND i.namespace = m.namespace AND i.value_index = m.value_index
         AND NOT EXISTS (SELECT 1 FROM rulings r WHERE r.tenant_id = $1 AND r.holds AND r.kind = 'RETRACTION'
           AND r.identifier_id = m.identifier_id AND r.side_a[1] = i.profile_id)
       ORDER BY i.created_at, i.profile_id
       LIMIT CASE WHEN m.namespace LIKE 'unionid@%' OR m.namespace = 'login' THEN ${MAX_EXCLUSIVE_HOLDERS} ELSE ${MAX_HOLDERS} END) h
     CROSS JOIN LATERAL (SELECT source, customer_id FROM profiles WHERE tenant_id = $1 AND id = h.profile_id OFFSET 0) p`,
      [tx.tenantId, ...parameters],
    ),
  )
  return rows
}
