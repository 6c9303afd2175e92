import { DisjointSets } from './disjoint-sets.rules.ts'
import type { Graph, GraphEdge, GraphRuling } from './graph.rules.ts'
import { IdNumbers } from './id-numbers.rules.ts'

/**
 * The parts of a graph that nothing joins: neither an identifier that two profiles carry nor a link. What one part is says nothing
 * about another one, so that a batch of many people costs as much as the people one by one.
 */
export function splitGraph({ profiles, edges, shared, links, cannotLinks }: Graph): Graph[] {
  const numbers = new IdNumbers(profiles.length)
  for (const { id } of profiles) numbers.of(id)
  const usable = edges.filter(({ tier, identifierId }) => tier < 3 && !shared.has(identifierId))
  const sets = new DisjointSets(profiles.length)
  const holders = new Map<string, number>()
  for (const { profileId, identifierId } of usable) {
    const [no, holder] = [numbers.of(profileId), holders.get(identifierId)]
    if (holder === undefined) holders.set(identifierId, no)
    else sets.join(holder, no)
  }
  for (const { sideA, sideB } of links) sets.join(numbers.of(sideA[0]!), numbers.of(sideB[0]!))
  const partOf = (profileId: string) => sets.find(numbers.of(profileId))
  const [edgesOf, linksOf] = [Map.groupBy(edges, (edge) => partOf(edge.profileId)), Map.groupBy(links, ({ sideA }) => partOf(sideA[0]!))]
  const known = new Set(profiles.map(({ id }) => id))
  const apart = cannotLinksOf(cannotLinks, (id) => (known.has(id) ? partOf(id) : undefined))
  return [...Map.groupBy(profiles, ({ id }) => partOf(id))].map(([part, members]) => ({
    profiles: members,
    edges: edgesOf.get(part) ?? ([] as GraphEdge[]),
    shared,
    links: linksOf.get(part) ?? [],
    cannotLinks: apart.get(part) ?? [],
  }))
}

/** A cannot-link matters to a part that has profiles on either side. */
function cannotLinksOf(
  cannotLinks: readonly GraphRuling[],
  partOf: (profileId: string) => number | undefined,
): ReadonlyMap<number, GraphRuling[]> {
  const found = new Map<number, GraphRuling[]>()
  for (const ruling of cannotLinks) {
    const parts = new Set([...ruling.sideA, ...ruling.sideB].flatMap((id) => partOf(id) ?? []))
    for (const part of parts) found.set(part, [...(found.get(part) ?? []), ruling])
  }
  return found
}
