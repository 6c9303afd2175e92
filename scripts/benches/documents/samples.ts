/** The fields of a customer over all services. */
const CUSTOMER = `{ id displayName profiles { nodes { source } } attributes { key value } tags { nodes { name } } orders { nodes { orderNo state total { amount currency } } }
  orderSummary { paidOrders netPaid { amount } } touchpoints { nodes { type channel occurredAt } } messages { nodes { state channel } } segments { nodes { name size isReady } }
  journeyEntries { nodes { nodeId } } coupons { nodes { state code } } rfm { label recency frequency } effectiveConsents { purpose channel isAllowed } }`

const ROOT_FIELDS = 18
const UNKNOWN_FIELDS = 1_950
/** A document may have 2,000 tokens; longer names make 23 kB of them. */
const PADDING = '_'.repeat(690)

/** Share of the length of a document: 1 for one of 23 kB. */
const atMost = (most: number, share: number) => Math.max(1, Math.round(most * share))
const repeat = (count: number, make: (no: number) => string) => Array.from({ length: count }, (_, no) => make(no)).join(' ')

/**
 * A document that is answered: customers over all services.
 * @param name makes it differ from every earlier document; a GraphQL name
 * @param share of the size that it has at most, above 0 and up to 1
 */
export function goodDocument(name: string, share: number): string {
  return `query ${name}($id: ID!) { ${repeat(atMost(ROOT_FIELDS, share), (no) => `${name}_${no}${PADDING}: customer(id: $id) ${CUSTOMER}`)} }`
}

/** A document that is refused: alternately it has too many root fields, an unknown field in each of its fields, or no end. */
export function refusedDocument(name: string, share: number, turn: number): string {
  const kinds = [
    () => `query ${name} { ${repeat(atMost(UNKNOWN_FIELDS, share), (no) => `${name.slice(0, 6)}_${no}`)} }`,
    () => goodDocument(name, share).replaceAll('displayName', 'nameThatNobodyHas'),
    () => goodDocument(name, share).slice(0, -1),
  ]
  return kinds[turn % kinds.length]!()
}
