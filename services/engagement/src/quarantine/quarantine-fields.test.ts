import { writeGlobalId } from '@renmai/platform/serve/global-id'
import { ALL_SCOPES, key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { engagementGraph } from '../../test/graph.ts'

const graph = engagementGraph()

const FIELDS = `__typename id kind state reason { code message parameters { name value } } source subject preview attempts isReplaying waitingSince
  decidedAt decidedBy actions { action actor reason createdAt } version`
const LIST = `query ($filter: QuarantineFilter, $orderBy: QuarantineOrder) { engagementQuarantinedItems(filter: $filter, orderBy: $orderBy) {
  totalCount nodes { ${FIELDS} } pageInfo { hasNextPage } } }`
const DISCARD = `mutation ($input: DiscardEngagementQuarantinedItemsInput!) { discardEngagementQuarantinedItems(input: $input) {
  discarded userErrors { code field } } }`
const REPLAY = `mutation ($input: ReplayEngagementQuarantinedItemsInput!) { replayEngagementQuarantinedItems(input: $input) {
  replay { id total isPartial done failed remaining requestedBy } userErrors { code field } } }`
const REVEAL = `mutation ($input: RevealEngagementQuarantinedItemInput!) { revealEngagementQuarantinedItem(input: $input) {
  original item { actions { action reason } } userErrors { code field } } }`

const list = async (variables = {}) => (await graph.ask(LIST, variables)).engagementQuarantinedItems
/** Two orders that contradict themselves. */
async function park() {
  for (const no of [1, 2]) await graph.order(undefined, no, { totalMinor: 1, buyer: { externalId: 'b', phone: '13800138000' } })
}

describe('the quarantine of engagement', () => {
  it('lists its items with reason and masked preview, by filter and in order, and counts them', async () => {
    await park()
    const { totalCount, nodes } = await list({ orderBy: { field: 'WAITING_SINCE', direction: 'ASC' } })
    expect([totalCount, nodes.map((one: { subject: string }) => one.subject)]).toEqual([2, ['E1', 'E2']])
    expect(nodes[0]).toMatchObject({
      __typename: 'EngagementQuarantinedItem',
      kind: 'ORDER',
      state: 'WAITING',
      reason: { code: 'ORDER_INCONSISTENT', message: expect.stringContaining('contradict'), parameters: [] },
      source: 'YOUZAN:s',
      attempts: 1,
      isReplaying: false,
      decidedAt: null,
      decidedBy: null,
      actions: [],
      version: 1,
    })
    expect(nodes[0].preview).toContain('"phone": "•••"')
    for (const filter of [{ subject: 'E2' }, { subject: 'E2', kinds: ['ORDER'], reasons: ['ORDER_INCONSISTENT'], states: ['WAITING'] }])
      expect((await list({ filter })).nodes).toHaveLength(1)
    for (const filter of [{ kinds: ['PUSH'] }, { states: ['DISCARDED'] }, { source: 'x' }, { waitingBefore: '2026-01-01T00:00:00Z' }])
      expect((await list({ filter })).nodes).toEqual([])
    const { engagementQuarantineSummary } = await graph.ask('{ engagementQuarantineSummary { kind reason items oldestWaitingSince } }')
    expect(engagementQuarantineSummary).toMatchObject([{ kind: 'ORDER', reason: 'ORDER_INCONSISTENT', items: 2 }])
  })

  it('refuses too long a filter, and ids of another type, and names the field', async () => {
    const { errors } = await graph.run(LIST, { filter: { reasons: Array.from({ length: 101 }, () => 'A') } })
    expect(errors?.[0]?.message).toContain('filter.reasons')
    const input = {
      idempotencyKey: key(),
      items: [{ id: writeGlobalId('Order', '0193f2a4-8d3b-7c1e-9f00-1234567890ab'), version: 1 }],
      reason: 'r',
    }
    const refused = await graph.run(DISCARD, { input })
    expect(JSON.stringify(refused)).toMatch(/items/)
    expect(JSON.stringify(refused)).not.toContain('INTERNAL')
  })

  it('discards items once, with who did it and why', async () => {
    await park()
    const [item] = (await list({ filter: { subject: 'E1' } })).nodes
    const items = [{ id: item.id, version: item.version }]
    const input = { idempotencyKey: key(), items, reason: 'a test order' }
    expect((await graph.ask(DISCARD, { input })).discardEngagementQuarantinedItems).toEqual({ discarded: 1, userErrors: [] })
    const again = await graph.ask(DISCARD, { input: { ...input, idempotencyKey: key() } })
    expect(again.discardEngagementQuarantinedItems).toEqual({
      discarded: null,
      userErrors: [{ code: 'QUARANTINED_ITEM_DECIDED', field: ['input', 'items', '0'] }],
    })
    expect((await list({ filter: { subject: 'E1' } })).nodes[0]).toMatchObject({
      state: 'DISCARDED',
      decidedBy: expect.any(String),
      decidedAt: expect.any(String),
      actions: [{ action: 'DISCARDED', reason: 'a test order' }],
    })
  })

  it('requests a replay by filter, which shows its progress', async () => {
    await park()
    const input = { idempotencyKey: key(), filter: { kinds: ['ORDER'] } }
    const { replay } = (await graph.ask(REPLAY, { input })).replayEngagementQuarantinedItems
    expect(replay).toMatchObject({ total: 2, isPartial: false, done: 0, failed: 0, remaining: 2, requestedBy: expect.any(String) })
    const both = await graph.ask(REPLAY, { input: { idempotencyKey: key() } })
    expect(both.replayEngagementQuarantinedItems.userErrors).toEqual([{ code: 'BAD_USER_INPUT', field: ['input', 'items'] }])
  })

  it('shows a whole original to those who may see personal data, with a reason that is kept', async () => {
    await park()
    const [{ id: itemId }] = (await list()).nodes
    const input = { idempotencyKey: key(), itemId, reason: 'the shop wants to know' }
    const without = await graph.run(
      REVEAL,
      { input },
      ALL_SCOPES.filter((one) => one !== 'personal:read'),
    )
    expect(without.errors?.[0]?.message).toContain('personal:read')
    const { original, item } = (await graph.ask(REVEAL, { input })).revealEngagementQuarantinedItem
    expect(JSON.parse(original)).toMatchObject({ buyer: { phone: '13800138000' } })
    expect(item.actions).toEqual([{ action: 'REVEALED', reason: 'the shop wants to know' }])
  })
})
