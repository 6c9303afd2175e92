/**
 * Which profiles are one customer, as a pure function of the graph: what is observed and ruled decides, never the order in which
 * it came, so that what is taken back leaves everything as if it had never been.
 *
 * People's links come first; a merge ends what people ruled against it, so a cannot-link that holds is newer than the links and wins. Then identifiers that one person holds (T1), the heaviest first, then two independent identifiers
 * that one account holds (T2), and the links of a model. Last, profiles that carry devices only go to the one person who carries one
 * of these (T3). No join puts two profiles together that people separated, or that hold different unionids of one subject.
 * (spec/algorithms 6)
 */
import { isProvable, weightOf } from '../profiles/identifier.rules.ts'
import { attachAnonymous } from './anonymous-devices.rules.ts'
import { type Graph, type GraphEdge, type GraphEvidence, type GraphProfile, type RefusalReason } from './graph.rules.ts'
import { Groups, rootOf } from './groups.rules.ts'
import { splitGraph } from './split-graph.rules.ts'
import { joinByTwo } from './two-identifiers.rules.ts'

export type Partition = {
  /** Customer of each profile. */
  readonly customers: ReadonlyMap<string, string>
  readonly evidence: readonly GraphEvidence[]
}

export function partition(graph: Graph): Partition {
  const customers = new Map<string, string>()
  const evidence: GraphEvidence[] = []
  for (const part of splitGraph(graph)) {
    const [only] = part.profiles
    // Most newcomers share nothing with anybody.
    const found = part.profiles.length === 1 ? { customers: [[only!.id, only!.homeId]] as const, evidence: [] } : partitionPart(part)
    for (const [id, customerId] of found.customers) customers.set(id, customerId)
    evidence.push(...found.evidence)
  }
  return { customers, evidence }
}

function partitionPart(graph: Graph): Partition {
  const groups = new Groups(graph)
  const profiles = new Map(graph.profiles.map((profile) => [profile.id, profile]))
  const links = graph.links.toSorted(byId)
  const [byPeople, byModel] = [links.filter((link) => !link.isByModel), links.filter((link) => link.isByModel)]
  for (const { sideA, sideB } of byPeople)
    if (groups.conflict(sideA[0]!, sideB[0]!) !== 'SPLIT_BY_A_PERSON') groups.join(sideA[0]!, sideB[0]!)
  const strong = holdersOf(graph.edges.filter(({ tier, identifierId }) => tier === 1 && !graph.shared.has(identifierId)))
  for (const { a, b } of strong.flatMap((holders) => pairsOf(holders, profiles)).toSorted(byWeight))
    if (!groups.conflict(a.profileId, b.profileId)) groups.join(a.profileId, b.profileId)
  const twos = joinByTwo(graph, groups, profiles)
  for (const { sideA, sideB } of byModel) if (!groups.conflict(sideA[0]!, sideB[0]!)) groups.join(sideA[0]!, sideB[0]!)
  const homes = new Map(graph.profiles.map(({ id, homeId }) => [id, homeId]))
  const customers = new Map<string, string>()
  const { owners, evidence: devices } = attachAnonymous(graph, groups)
  for (const group of groups.all()) {
    // A person's customer does not change with what is attached to it.
    const root = rootOf((owners.get(group) ?? group).members, homes, links)
    for (const id of group.members) customers.set(id, root)
  }
  return { customers, evidence: [...strong.flatMap((holders) => evidenceOf(holders, groups, profiles)), ...twos, ...devices] }
}

type Profiles = ReadonlyMap<string, GraphProfile>
type Pair = { readonly a: GraphEdge; readonly b: GraphEdge }

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
const first = (a: GraphEdge, b: GraphEdge) =>
  a.foundAt.getTime() - b.foundAt.getTime() || (a.profileId < b.profileId ? -1 : Number(a.profileId > b.profileId))
const byWeight = (one: Pair, other: Pair) =>
  weightOf(other.b.namespace) - weightOf(one.b.namespace) ||
  first(one.b, other.b) ||
  first(one.a, other.a) ||
  (one.a.identifierId < other.a.identifierId ? -1 : 1)

/** The holders of each identifier, in the order in which they were found. */
const holdersOf = (edges: readonly GraphEdge[]): GraphEdge[][] =>
  [...Map.groupBy(edges, ({ identifierId }) => identifierId).values()].map((holders) => holders.toSorted(first))

/** The pairs that one identifier joins: `a` held it first. */
const pairsOf = (holders: readonly GraphEdge[], profiles: Profiles): Pair[] =>
  holders.flatMap((b, index) => holders.slice(0, index).flatMap((a) => (doubtOf(a, b, profiles) ? [] : [{ a, b }])))

const YEAR_MS = 365 * 24 * 3_600_000

/**
 * A number or address that a person proved may be another person's later. A year without activity, or another name and another
 * birthday, leaves it to people.
 */
function doubtOf(a: GraphEdge, b: GraphEdge, profiles: Profiles): RefusalReason | undefined {
  if (!isProvable(a.namespace) || !a.verifiedAt || !b.verifiedAt) return undefined
  const [one, other] = [profiles.get(a.profileId)!, profiles.get(b.profileId)!]
  if (areDifferent(one.nameIndex, other.nameIndex) && areDifferent(one.birthdayIndex, other.birthdayIndex))
    return 'DIFFERENT_NAME_AND_BIRTHDAY'
  const [earlier, later] = a.verifiedAt <= b.verifiedAt ? [a, b] : [b, a]
  const lastSeen = Math.max(earlier.verifiedAt!.getTime(), profiles.get(earlier.profileId)!.lastSeenAt.getTime())
  return later.verifiedAt!.getTime() - lastSeen > YEAR_MS ? 'CHANGED_HANDS' : undefined
}

const areDifferent = (a: string | null, b: string | null) => a !== null && b !== null && a !== b

/** Within one person a row for each holder but the first; between two persons one row that states why they are two. */
function evidenceOf(holders: readonly GraphEdge[], groups: Groups, profiles: Profiles): GraphEvidence[] {
  const persons = [...Map.groupBy(holders, ({ profileId }) => groups.of(profileId)).values()]
  const within = persons.flatMap(([known, ...rest]) => rest.map((edge) => rowOf(known!, edge, null)))
  const between = persons.flatMap(([b], index) =>
    persons.slice(0, index).map(([a]) => rowOf(a!, b!, groups.conflict(a!.profileId, b!.profileId) ?? doubtOf(a!, b!, profiles) ?? null)),
  )
  return [...within, ...between.filter(({ reason }) => reason !== null)]
}

const rowOf = (known: GraphEdge, edge: GraphEdge, reason: RefusalReason | null): GraphEvidence => ({
  profileId: edge.profileId,
  linkedProfileId: known.profileId,
  namespace: edge.namespace,
  identifierId: edge.identifierId,
  rule: 'T1_SHARED_IDENTIFIER',
  weight: weightOf(edge.namespace),
  state: reason ? 'REFUSED' : 'ACTIVE',
  reason,
  foundAt: edge.foundAt > known.foundAt ? edge.foundAt : known.foundAt,
})
