import type { Graph, GraphEdge, GraphProfile, GraphRuling } from '../src/graph/graph.rules.ts'
import { partition } from '../src/graph/partition.rules.ts'

export const day = (no: number) => new Date(Date.UTC(2026, 0, no))
export const profile = (id: string, more: Partial<GraphProfile> = {}): GraphProfile => ({
  id,
  source: `source-${id}`,
  homeId: `home-${id}`,
  customerId: `home-${id}`,
  nameIndex: null,
  birthdayIndex: null,
  lastSeenAt: day(1),
  ...more,
})
export const carries = (profileId: string, namespace: string, value: string, more: Partial<GraphEdge> = {}): GraphEdge => ({
  profileId,
  namespace,
  identifierId: `${namespace}:${value}`,
  tier: 1,
  verifiedAt: day(1),
  statement: `${profileId}-form`,
  foundAt: day(1),
  ...more,
})
export const unproven = (profileId: string, namespace: string, value: string, statement: string) =>
  carries(profileId, namespace, value, { tier: 2, verifiedAt: null, statement })
export const ruling = (id: string, a: string[], b: string[]): GraphRuling => ({
  id,
  sideA: a,
  sideB: b,
  decidedAt: day(2),
  isByModel: false,
})
export const graph = (profiles: GraphProfile[], edges: GraphEdge[], more: Partial<Graph> = {}): Graph => ({
  profiles,
  edges,
  shared: new Set(),
  anonymous: new Set(),
  links: [],
  cannotLinks: [],
  ...more,
})
/** The profiles of each customer. */
export const groupsOf = (given: Graph) =>
  [...Map.groupBy(given.profiles, ({ id }) => partition(given).customers.get(id)).values()]
    .map((group) => group.map(({ id }) => id).join(''))
    .sort()
