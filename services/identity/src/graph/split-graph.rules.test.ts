import { idFrom } from '@renmai/platform/serve/ids'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Graph, GraphEdge, GraphProfile } from './graph.rules.ts'
import { groupByIdentifiers } from './group-by-identifiers.rules.ts'
import { IdNumbers } from './id-numbers.rules.ts'
import { splitGraph } from './split-graph.rules.ts'

const profileOf = (no: number): GraphProfile => {
  const id = idFrom('profile', no)
  return { id, source: 's', homeId: id, customerId: id, nameIndex: null, birthdayIndex: null, lastSeenAt: new Date(0) }
}
const edgeOf = (profile: number, identifier: number, tier: 1 | 2 | 3 = 1): GraphEdge => ({
  profileId: idFrom('profile', profile),
  namespace: 'phone',
  identifierId: idFrom('identifier', identifier),
  tier,
  verifiedAt: null,
  statement: 'x',
  foundAt: new Date(0),
})
const rulingOf = (a: number, b: number) => ({
  id: idFrom('ruling', a, b),
  sideA: [idFrom('profile', a)],
  sideB: [idFrom('profile', b)],
  decidedAt: new Date(0),
  isByModel: false,
})
const graphOf = (profiles: number, edges: GraphEdge[], more: Partial<Graph> = {}): Graph => ({
  profiles: Array.from({ length: profiles }, (_none, no) => profileOf(no)),
  edges,
  shared: new Set(),
  anonymous: new Set(),
  links: [],
  cannotLinks: [],
  ...more,
})
const partsOf = (graph: Graph) => splitGraph(graph).map(({ profiles }) => profiles.map(({ id }) => id))
const ids = (...numbers: number[]) => numbers.map((no) => idFrom('profile', no))

it('joins profiles by identifiers that prove something, and by links', () => {
  const edges = [edgeOf(0, 0), edgeOf(1, 0), edgeOf(2, 1, 3), edgeOf(3, 1, 3), edgeOf(4, 2), edgeOf(5, 2)]
  expect(partsOf(graphOf(6, edges, { links: [rulingOf(1, 2)], shared: new Set([idFrom('identifier', 2)]) }))).toEqual([
    ids(0, 1, 2),
    ids(3),
    ids(4),
    ids(5),
  ])
})

it('gives each part its edges, its links and the cannot-links on which it stands', () => {
  const edges = [edgeOf(0, 0), edgeOf(1, 0), edgeOf(2, 1)]
  const graph = graphOf(3, edges, { links: [rulingOf(0, 1)], cannotLinks: [rulingOf(1, 2), rulingOf(0, 9)] })
  const [first, second] = splitGraph(graph)
  expect([first!.edges, first!.links, first!.cannotLinks]).toEqual([edges.slice(0, 2), graph.links, graph.cannotLinks])
  expect([second!.edges, second!.links, second!.cannotLinks]).toEqual([edges.slice(2), [], graph.cannotLinks.slice(0, 1)])
})

it('groups profiles as spreading the least number along the edges does', () => {
  const edges = fc.array(fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 40 })), { maxLength: 60 })
  fc.assert(
    fc.property(edges, (pairs) => {
      const groups = groupByIdentifiers(
        pairs.map(([profile]) => idFrom('profile', profile)),
        pairs.map(([, identifier]) => idFrom('identifier', identifier)),
      )
      const least = pairs.map(([profile]) => profile)
      const isNear = (a: number, b: number) => pairs[a]![0] === pairs[b]![0] || pairs[a]![1] === pairs[b]![1]
      for (let _round = 0; _round < pairs.length; _round++)
        for (const a of pairs.keys()) for (const b of pairs.keys()) if (isNear(a, b) && least[b]! < least[a]!) least[a] = least[b]!
      for (const a of pairs.keys()) for (const b of pairs.keys()) expect(groups[a] === groups[b]).toBe(least[a] === least[b])
    }),
  )
})

it('numbers ids in the order in which they come, however many there are and however alike', () => {
  const numbers = new IdNumbers()
  const alike = Array.from({ length: 300 }, (_none, no) => `01a22c8b-fd51-7ce9-9306-${no.toString(16).padStart(4, '0')}00000000`)
  const all = [...alike, ...Array.from({ length: 300 }, (_none, no) => idFrom('any', no))]
  expect(all.map((id) => numbers.of(id))).toEqual([...all.keys()])
  expect(all.toReversed().map((id) => numbers.of(id))).toEqual([...all.keys()].toReversed())
  expect([numbers.of('a'), numbers.of('b'), numbers.of('a'), numbers.size]).toEqual([600, 601, 600, 602])
})
