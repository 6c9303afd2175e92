/** A query that the explorer begins with. */
type Tab = { title: string; query: string; variables?: object }

/** Worked examples for a new user: each runs unchanged against the demo's data. */
export const EXPLORER_TABS: readonly Tab[] = [
  {
    title: 'One customer',
    query: `# One customer, answered by five services.
query OneCustomer($phone: String!) {
  customerByIdentifier(namespace: "phone", value: $phone) {
    id displayName
    profiles { nodes { source } }
    identity { evidence { nodes { namespace weight rule state } } }
    orders { nodes { orderNo state total { amount currency } } }
    touchpoints(first: 5) { nodes { type channel occurredAt } }
    segments { nodes { name } }
    rfm { label }
    effectiveConsents { purpose channel isAllowed reason }
    messages { nodes { channel state } }
  }
}`,
    variables: { phone: '13712345678' },
  },
  {
    title: 'A page of customers',
    query: `query Customers($first: Int, $after: String) {
  customers(first: $first, after: $after) {
    nodes { id displayName orderSummary { paidOrders netPaid { amount currency } } rfm { label } tags { nodes { name } } }
    pageInfo { hasNextPage endCursor }
  }
}`,
    variables: { first: 20, after: null },
  },
  {
    title: 'Try a segment',
    query: `query TrySegment($definition: SegmentClauseInput!) {
  previewSegment(definition: $definition) { size total attrition { clause remaining } }
}`,
    variables: {
      definition: { all: [{ orders: { within: 'P365D', minCount: 3 } }, { not: { behaviour: { type: 'page_view', within: 'P90D' } } }] },
    },
  },
  {
    title: 'Why was it sent',
    query: `query Decisions {
  sendDecisions(first: 20) { nodes { id decidedAt purpose channel isAllowed reasons } totalCount }
}`,
  },
  {
    title: 'What worked',
    query: `query WhatWorked($from: DateTime!, $to: DateTime!) {
  attribution(model: LINEAR, from: $from, to: $to) { revenue { amount currency } channels { channel conversions revenue { amount currency } } }
}`,
    variables: { from: '2026-01-01T00:00:00Z', to: '2026-12-31T00:00:00Z' },
  },
  {
    title: 'What it costs',
    query: `# Each answer states its cost in extensions.cost.
query Budget {
  rateLimit { maximumAvailable currentlyAvailable restoreRate }
}`,
  },
]
