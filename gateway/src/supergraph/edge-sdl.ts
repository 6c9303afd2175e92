import { NODES } from './nodes.gen.ts'

/**
 * The subgraph that the gateway answers itself, composed with the services' subgraphs.
 * @param nodes types that are found by their id alone
 * @param isPublic whether partners see the type
 */
export const edgeSdlOf = (nodes: readonly string[], isPublic: (node: string) => boolean = () => true) => `
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@key", "@tag", "@cost", "@listSize", "@inaccessible"])

"An object with a global id."
interface Node @tag(name: "public") {
  "Global id of the object. It includes the type; clients treat it as opaque."
  id: ID!
}

type Query {
  "The object with this id; null when there is no such object or the viewer may not see it."
  node("Global id of an object." id: ID!): Node @tag(name: "public")
  "The objects with these ids, in the same order; null for an object that does not exist or that the viewer may not see."
  nodes("At most 100 ids." ids: [ID!]!): [Node]! @listSize(assumedSize: 100) @tag(name: "public")
  "The caller's budget, in points of cost. Reading it costs nothing."
  rateLimit: RateLimit! @cost(weight: 0) @tag(name: "public")
}

"A caller's budget, in points of cost. Each answer states its cost in \`extensions.cost\`."
type RateLimit @tag(name: "public") {
  "Points of a full budget: the most that one burst may spend."
  maximumAvailable: Int!
  "Points left now."
  currentlyAvailable: Int!
  "Points that are restored each second, up to the full budget."
  restoreRate: Int!
}

${nodes.map((node) => stubOf(node, isPublic(node))).join('\n\n')}
`

const stubOf = (name: string, isPublic: boolean) =>
  `type ${name} implements Node @key(fields: "id", resolvable: false) ${isPublic ? '@tag(name: "public")' : ''} { id: ID! }`

export const edgeSdl = edgeSdlOf(Object.keys(NODES))
