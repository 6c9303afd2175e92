/** A query that the explorer begins with. */
type Tab = { title: string; query: string; variables?: object }

/** Worked examples for a new user: each runs unchanged against the demo's data. */
export const EXPLORER_TABS: readonly Tab[] = [
  {
    title: 'One customer',
    query: `# Paste a token into the headers below: {"Authorization": "Bearer ..."}
# \`scripts/renmai status\` shows one for the development login.
query OneCustomer($phone: String!) {
  customerByIdentifier(namespace: "phone", value: $phone) {
    id displayName
    profiles { source }
    evidence { namespace weight rule }
    orders { orderNo status total { amountMinor currency } }
    lastTouchpoints(first: 5) { type channel occurredAt }
    segments { name }
    rfm { label }
    effectiveConsents { purpose channel isAllowed reason }
    messages { channel state }
  }
}`,
    variables: { phone: '13712345678' },
  },
  {
    title: 'A page of customers',
    query: `query Customers($first: Int, $after: String) {
  customers(first: $first, after: $after) {
    nodes { id displayName orderSummary { paidOrders netPaid { amountMinor currency } } rfm { label } tags { name } }
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
      definition: { all: [{ orders: { withinDays: 365, minCount: 3 } }, { not: { behaviour: { type: 'page_view', withinDays: 90 } } }] },
    },
  },
  {
    title: 'Why was it sent',
    query: `query Decisions {
  decisions(first: 20) { nodes { id at purpose channel isAllowed reasons } }
}`,
  },
  {
    title: 'What worked',
    query: `query WhatWorked($from: DateTime!, $to: DateTime!) {
  attribution(model: LINEAR, from: $from, to: $to) { revenue { amountMinor currency } channels { channel conversions revenue { amountMinor currency } } }
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
