import { NODES } from './nodes.gen.ts'

/**
 * What the gateway answers itself, composed with the services' subgraphs as one of them.
 * @param nodes types that are found by their id alone
 */
export const edgeSdlOf = (nodes: readonly string[]) => `
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@key", "@tag", "@cost", "@listSize"])

"Something with an id of its own, whatever its type."
interface Node @tag(name: "public") {
  "Id of it, which says its type; take it as it is."
  id: ID!
}

type Query {
  "Something by its id; null when there is no such thing, or it is not yours to see."
  node("Id that some field of the type Node gave." id: ID!): Node @tag(name: "public")
  "Several by their ids, in the same order; null where there is no such thing, or it is not yours to see."
  nodes("At most 100 ids." ids: [ID!]!): [Node]! @listSize(assumedSize: 100) @tag(name: "public")
  "How much more you may ask for."
  rateLimit: RateLimit! @cost(weight: 0) @tag(name: "public")
}

"A caller's budget, in points of cost. Each answer tells in \`extensions.cost\` what it took."
type RateLimit @tag(name: "public") {
  "Points of a full budget."
  maximumAvailable: Int!
  "Points left now."
  currentlyAvailable: Int!
  "Points that come back each second."
  restoreRate: Int!
}

${nodes.map(stubOf).join('\n\n')}
`

const stubOf = (name: string) => `type ${name} implements Node @key(fields: "id", resolvable: false) @tag(name: "public") { id: ID! }`

export const edgeSdl = edgeSdlOf(Object.keys(NODES))
