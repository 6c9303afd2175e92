import { isDevice } from '../profiles/identifier.rules.ts'
import { DisjointSets } from './disjoint-sets.rules.ts'
import type { Graph, GraphEdge, GraphProfile, GraphRuling } from './graph.rules.ts'
import { joinHolders, numbersOf } from './group-by-identifiers.rules.ts'
import { IdNumbers } from './id-numbers.rules.ts'

/**
 * The parts of a graph that nothing joins: neither an identifier that two profiles carry nor a link. No part decides
 * about another one, so that a batch of many people costs as much as the people one by one.
 */
export function splitGraph({ profiles, edges, shared, anonymous, links, cannotLinks }: Graph): Graph[] {
  const numbers = new IdNumbers(profiles.length)
  for (const { id } of profiles) numbers.of(id)
  const sets = new DisjointSets(profiles.length)
  const usable = edges.filter(({ tier, namespace, identifierId }) => (tier < 3 || isDevice(namespace)) && !shared.has(identifierId))
  const numbersIn = (list: readonly GraphEdge[]) =>
    numbersOf(
      list.map(({ profileId }) => profileId),
      numbers,
    )
  joinHolders(sets, numbersIn(usable), numbersOf(usable.map(({ identifierId }) => identifierId)))
  for (const { sideA, sideB } of links) sets.join(numbers.of(sideA[0]!), numbers.of(sideB[0]!))
  const ofEdges = numbersIn(edges)
  const parts = new Map<number, Part>()
  for (const [no, profile] of profiles.entries()) {
    const part = parts.get(sets.find(no))
    if (part) part.profiles.push(profile)
    else parts.set(sets.find(no), { profiles: [profile], edges: [], shared, anonymous, links: [], cannotLinks: [] })
  }
  const partOf = (no: number) => parts.get(sets.find(no))!
  for (const [index, edge] of edges.entries()) partOf(ofEdges[index]!).edges.push(edge)
  for (const link of links) partOf(numbers.of(link.sideA[0]!)).links.push(link)
  for (const ruling of cannotLinks) for (const part of standingOn(ruling, profiles.length, numbers, partOf)) part.cannotLinks.push(ruling)
  return [...parts.values()]
}

type Part = Pick<Graph, 'shared' | 'anonymous'> & {
  profiles: GraphProfile[]
  edges: GraphEdge[]
  links: GraphRuling[]
  cannotLinks: GraphRuling[]
}

/** The parts with profiles on either side of a cannot-link. Of a side, some profiles may not be in the graph: their numbers are new. */
const standingOn = ({ sideA, sideB }: GraphRuling, known: number, numbers: IdNumbers, partOf: (no: number) => Part): Set<Part> =>
  new Set([...sideA, ...sideB].flatMap((id) => (numbers.of(id) < known ? partOf(numbers.of(id)) : [])))
