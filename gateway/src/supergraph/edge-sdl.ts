/**
 * Types that may be asked for by their id alone, each with a field that its owner alone answers, for any scope that may see
 * the type: whether it comes back tells whether there is such a thing.
 */
export const NODES: Readonly<Record<string, string>> = {
  BulkOperation: 'status',
  Coupon: 'code',
  CouponTemplate: 'name',
  Customer: 'createdAt',
  Journey: 'name',
  LiveCode: 'name',
  Message: 'state',
  Order: 'status',
  Segment: 'name',
  Tag: 'name',
  Template: 'name',
  WebhookEndpoint: 'url',
}

const stubs = Object.keys(NODES).map(
  (name) => `type ${name} implements Node @key(fields: "id", resolvable: false) @tag(name: "public") { id: ID! }`,
)

/** What the gateway answers itself, composed with the services' subgraphs as one of them. */
export const edgeSdl = `
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

${stubs.join('\n\n')}
`
