import { isDevice, weightOf } from '../profiles/identifier.rules.ts'
import type { Graph, GraphEdge, GraphEvidence, RefusalReason } from './graph.rules.ts'
import type { Group, Groups } from './groups.rules.ts'

type Attached = {
  /** The person that an anonymous group belongs to. */
  readonly owners: ReadonlyMap<Group, Group>
  readonly evidence: readonly GraphEvidence[]
}

/** One device of an anonymous group: who carries it, and the persons among them. */
type Use = { readonly holders: readonly GraphEdge[]; readonly persons: readonly Group[] }

/**
 * Attaches the past of a device to the person who identified on it: an anonymous group (its profiles carry devices only) belongs to
 * the one person that carries one of its devices. A device of several persons attaches nobody, and so do two devices that lead to
 * different persons. All groups are compared as they are without devices, so nothing depends on an order, and two persons never
 * become one by it.
 * @param groups as all other rules joined them; not changed
 */
export function attachAnonymous(graph: Graph, groups: Groups): Attached {
  const uses = usesOf(graph, groups)
  const wanted = [...uses.keys()].map((group) => [group, ownerOf(uses.get(group)!)] as const)
  const fitting = new Map(wanted.filter((one): one is [Group, Group] => one[1] !== undefined && !conflict(groups, one[0], one[1])))
  const rivals = Map.groupBy(
    [...fitting.keys()].filter(({ sides }) => sides),
    (group) => fitting.get(group)!,
  )
  const owners = new Map(
    [...fitting].filter(([group, owner]) => !(rivals.get(owner) ?? []).some((other) => other !== group && conflict(groups, group, other))),
  )
  const evidence = wanted.flatMap(([group, owner]) => evidenceOf(group, owner, owners.has(group), uses.get(group)!, groups))
  return { owners, evidence }
}

/** The devices of each anonymous group that persons carry too. */
function usesOf({ edges, shared, anonymous }: Graph, groups: Groups): Map<Group, Use[]> {
  const uses = new Map<Group, Use[]>()
  if (anonymous.size === 0) return uses
  const usable = edges.filter(({ namespace, identifierId }) => isDevice(namespace) && !shared.has(identifierId))
  for (const list of Map.groupBy(usable, ({ identifierId }) => identifierId).values()) {
    const holders = list.toSorted(first)
    const carriers = [...new Set(holders.map(({ profileId }) => groups.of(profileId)))]
    const persons = carriers.filter(({ members }) => members.some((id) => !anonymous.has(id)))
    if (persons.length === 0) continue
    for (const group of carriers) if (!persons.includes(group)) uses.set(group, [...(uses.get(group) ?? []), { holders, persons }])
  }
  return uses
}

const first = (a: GraphEdge, b: GraphEdge) => a.foundAt.getTime() - b.foundAt.getTime() || (a.profileId < b.profileId ? -1 : 1)

/** The one person to whom devices of one person each lead. */
function ownerOf(uses: readonly Use[]): Group | undefined {
  const owners = new Set(uses.flatMap(({ persons }) => (persons.length === 1 ? persons : [])))
  return owners.size === 1 ? [...owners][0] : undefined
}

const conflict = (groups: Groups, a: Group, b: Group) => groups.conflict(a.members[0]!, b.members[0]!)

/** A row for each device of each anonymous profile and each person who carries it too. */
function evidenceOf(group: Group, owner: Group | undefined, isAttached: boolean, uses: readonly Use[], groups: Groups): GraphEvidence[] {
  const reason: RefusalReason | null = isAttached ? null : owner ? 'SPLIT_BY_A_PERSON' : 'SHARED_DEVICE'
  return uses.flatMap(({ holders, persons }) => {
    const mine = holders.filter(({ profileId }) => groups.of(profileId) === group)
    const others = persons.filter((person) => persons.length === 1 || person !== owner)
    return others.flatMap((person) => {
      const known = holders.find(({ profileId }) => groups.of(profileId) === person)!
      return mine.map((edge) => rowOf(edge, known, person === owner ? reason : 'SHARED_DEVICE'))
    })
  })
}

/** The anonymous profile comes first: whenever it is read, so is all that decides about it. */
const rowOf = (edge: GraphEdge, known: GraphEdge, reason: RefusalReason | null): GraphEvidence => ({
  profileId: edge.profileId,
  linkedProfileId: known.profileId,
  namespace: edge.namespace,
  identifierId: edge.identifierId,
  rule: 'T3_ANONYMOUS_DEVICE',
  weight: weightOf(edge.namespace),
  state: reason ? 'REFUSED' : 'ACTIVE',
  reason,
  foundAt: edge.foundAt > known.foundAt ? edge.foundAt : known.foundAt,
})
