import { kindOfNamespace, weightOf } from '../profiles/identifier.rules.ts'
import type { Graph, GraphEdge, GraphEvidence, GraphProfile } from './graph.rules.ts'
import type { Groups } from './groups.rules.ts'

/** One identifier that a profile of one person and a profile of another both carry. */
type Match = { readonly a: GraphEdge; readonly b: GraphEdge }

/**
 * Joins persons who share two identifiers of different kinds that sources state independently: each side states them apart, and
 * the profiles are of different sources. Two identifiers of one form, order or row are one, since one hand wrote both.
 * @param groups is changed
 */
export function joinByTwo(graph: Graph, groups: Groups, profiles: ReadonlyMap<string, GraphProfile>): GraphEvidence[] {
  const matches = matchesOf(graph, profiles)
  const evidence: GraphEvidence[] = []
  // A join can bring two matches together that were of different persons before.
  for (let found = next(matches, groups); found; found = next(matches, groups)) {
    groups.join(found[0].a.profileId, found[0].b.profileId)
    evidence.push(...found.map(rowOf))
  }
  return evidence
}

function matchesOf({ edges, shared }: Graph, profiles: ReadonlyMap<string, GraphProfile>): Match[] {
  const usable = edges.filter(({ tier, identifierId }) => tier <= 2 && !shared.has(identifierId))
  const sourceOf = ({ profileId }: GraphEdge) => profiles.get(profileId)!.source
  return [...Map.groupBy(usable, ({ identifierId }) => identifierId).values()]
    .map((holders) => holders.toSorted(inOrder))
    .flatMap((holders) => holders.flatMap((b, index) => holders.slice(0, index).map((a) => ({ a, b }))))
    .filter(({ a, b }) => (a.tier === 2 || b.tier === 2) && sourceOf(a) !== sourceOf(b))
    .toSorted((one, other) => inOrder(one.b, other.b) || inOrder(one.a, other.a))
}

const inOrder = (a: GraphEdge, b: GraphEdge) =>
  a.foundAt.getTime() - b.foundAt.getTime() || compare(a.profileId, b.profileId) || compare(a.identifierId, b.identifierId)
const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b))

function next(matches: readonly Match[], groups: Groups): [Match, Match] | undefined {
  const open = matches.filter(({ a, b }) => !groups.isOne(a.profileId, b.profileId) && !groups.conflict(a.profileId, b.profileId))
  for (const [index, match] of open.entries()) {
    const other = open.slice(0, index).find((earlier) => isIndependent(sided(match, earlier, groups), earlier))
    if (other) return [other, match]
  }
  return undefined
}

/** The match with its sides in the order of the other one; undefined when it is about other persons. */
function sided({ a, b }: Match, other: Match, groups: Groups): Match | undefined {
  if (groups.isOne(a.profileId, other.a.profileId) && groups.isOne(b.profileId, other.b.profileId)) return { a, b }
  return groups.isOne(a.profileId, other.b.profileId) && groups.isOne(b.profileId, other.a.profileId) ? { a: b, b: a } : undefined
}

const isIndependent = (one: Match | undefined, other: Match): boolean =>
  one !== undefined &&
  kindOfNamespace(one.a.namespace) !== kindOfNamespace(other.a.namespace) &&
  one.a.statement !== other.a.statement &&
  one.b.statement !== other.b.statement

const rowOf = ({ a, b }: Match): GraphEvidence => ({
  profileId: b.profileId,
  linkedProfileId: a.profileId,
  namespace: b.namespace,
  identifierId: b.identifierId,
  rule: 'T2_TWO_IDENTIFIERS',
  weight: weightOf(b.namespace),
  state: 'ACTIVE',
  reason: null,
  foundAt: b.foundAt > a.foundAt ? b.foundAt : a.foundAt,
})
