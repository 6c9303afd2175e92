import { type Graph, type GraphEdge, type GraphProfile, isShared } from '../graph/graph.rules.ts'
import { isDevice, isExclusive } from '../profiles/identifier.rules.ts'

/** An identifier of a claim that is only thought of. */
export type Supposed = {
  readonly namespace: string
  readonly identifierId: string
  readonly tier: 1 | 2 | 3
  readonly verifiedAt: Date | null
}

/**
 * The identity graph as it would be after a claim of a new profile. Like a claim that is stored, it counts among those who carry an
 * identifier.
 * @param sources of the profiles that carry each identifier now, by its id
 */
export function withClaim(
  graph: Graph,
  profile: Pick<GraphProfile, 'id' | 'homeId' | 'source'>,
  supposed: readonly Supposed[],
  sources: ReadonlyMap<string, readonly string[]>,
  at: Date,
): Graph {
  const edges = supposed.map((one): GraphEdge => ({ ...one, profileId: profile.id, statement: profile.id, foundAt: at }))
  const shared = supposed
    .filter(({ identifierId, namespace }) => isShared([...(sources.get(identifierId) ?? []), profile.source], isExclusive(namespace)))
    .map(({ identifierId }) => identifierId)
  return {
    ...graph,
    profiles: [...graph.profiles, { ...profile, customerId: profile.homeId, nameIndex: null, birthdayIndex: null, lastSeenAt: at }],
    edges: [...graph.edges, ...edges],
    shared: new Set([...graph.shared, ...shared]),
    anonymous: supposed.every(({ namespace }) => isDevice(namespace)) ? new Set([...graph.anonymous, profile.id]) : graph.anonymous,
  }
}
