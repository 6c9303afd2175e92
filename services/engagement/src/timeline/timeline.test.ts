import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { insertRows } from '@renmai/platform/db/rows'
import { newId } from '@renmai/platform/serve/ids'
import { deliver, event } from '@renmai/platform/testing/events'
import { CouponIssuedSchema, CouponRedeemedSchema, JourneyEnteredSchema } from '@renmai/proto/campaign/v1/events'
import { ConsentGrantedSchema, ConsentWithdrawnSchema, SendsDecidedSchema } from '@renmai/proto/compliance/v1/events'
import { TagAddedSchema, TagRemovedSchema } from '@renmai/proto/identity/v1/events'
import { expect, it } from 'vitest'
import { engagementGraph } from '../../test/graph.ts'
import { contacts, inboundMessages } from '../contacts/contact.table.ts'
import { handlers } from '../handlers.ts'
import { messages } from '../messages/message.table.ts'

const seed = engagementGraph()

const NOON = new Date('2026-03-01T12:00:00Z')
const [DAY, AT] = ['2026-03-01T12:00:00.000Z', timestampFromDate(NOON)]

const contactOf = (profileId: string, lostAt: Date | null) => ({
  id: newId(),
  accountId: newId(),
  staffUserId: 'chen',
  externalUserId: newId(),
  profileId,
  addedAt: NOON,
  lostAt,
  lostBy: lostAt && ('CUSTOMER' as const),
  changedAt: NOON,
})
const messageOf = (profileId: string, change: { state: 'SENT' | 'BLOCKED'; sentAt: Date | null }) => ({
  id: newId(),
  profileId,
  channel: 'EMAIL' as const,
  purpose: 'p',
  templateId: newId(),
  templateVersion: 1,
  variables: {},
  createdAt: NOON,
  ...change,
})

/** Gives a profile one entry of each kind, all at the same time. */
async function liveThrough(profileId: string, no: number): Promise<void> {
  await seed.touch(profileId, DAY)
  await seed.order(profileId, no, { paidAt: undefined, status: 'CREATED', modifiedAt: NOON })
  await seed.order(profileId, no + 1, { paidAt: NOON, modifiedAt: NOON, refundedMinor: 40, refundedAt: NOON })
  await seed.inTenant(async (tx) => {
    await insertRows(tx, messages, [
      messageOf(profileId, { state: 'SENT', sentAt: NOON }),
      messageOf(profileId, { state: 'BLOCKED', sentAt: null }),
    ])
    await insertRows(tx, contacts, [contactOf(profileId, NOON)])
    const received = {
      id: newId(),
      accountId: newId(),
      externalMessageId: newId(),
      profileId,
      type: 'image',
      body: Buffer.alloc(1),
      receivedAt: NOON,
    }
    await insertRows(tx, inboundMessages, [received])
  })
  const [tagId, couponId, orderId] = [newId(), newId(), newId()]
  const events = [
    event(TagAddedSchema, seed.tenant, { profileId, tagId, at: AT, customerId: newId() }),
    event(TagRemovedSchema, seed.tenant, { profileId, tagId, at: AT, customerId: newId() }),
    event(CouponIssuedSchema, seed.tenant, { profileId, couponId, templateId: newId(), expiresAt: AT }),
    event(CouponRedeemedSchema, seed.tenant, { profileId, couponId, orderId, discountMinor: 1n, currency: 'CNY', at: AT }),
    event(JourneyEnteredSchema, seed.tenant, { profileId, journeyId: newId(), entryId: newId(), at: AT }),
  ]
  for (const schema of [ConsentGrantedSchema, ConsentWithdrawnSchema])
    events.push(event(schema, seed.tenant, { profileId, consentId: newId(), purpose: 'p', channel: 'EMAIL', at: AT }))
  const decided = { messageId: newId(), profileId, purpose: 'p', channel: 'EMAIL', reasons: ['NO_CONSENT'], at: AT }
  const decisions = [true, false].map((isAllowed) => ({ ...decided, decisionId: newId(), isAllowed }))
  events.push(event(SendsDecidedSchema, seed.tenant, { decisions }))
  // Events that arrive a second time, under other ids, add nothing.
  await deliver(seed.test.db, 'engagement', handlers, [...events, ...events.map((one) => ({ ...one, eventId: newId() }))])
}

const ENTRY = `id kind at touchpoint { type } order { orderNo } message { state } receivedMessage { contentType } contact { staffUserId }
  tag { id } coupon { id } journey { id } consent { id } sendDecision { id } merge { id }`
type Entry = { id: string; kind: string; at: string }
type Page = { nodes: Entry[]; totalCount: number; pageInfo: { endCursor: string; startCursor: string; hasNextPage: boolean } }
const read = async (customerId: string, args: string, variables: { at?: string | null } = {}): Promise<Page> =>
  (
    await seed.ofCustomers(
      [customerId],
      `timeline(${args}) { nodes { ${ENTRY} } totalCount pageInfo { startCursor endCursor hasNextPage } }`,
      variables,
      ['at' in variables ? '$at: String' : ''],
    )
  )[0].timeline
const idsOf = ({ nodes }: Page) => nodes.map(({ id }) => id)

const KINDS = [
  ['CONSENT_GRANTED', 'CONSENT_WITHDRAWN'],
  [
    'CONTACT_ADDED',
    'CONTACT_LOST',
    'COUPON_ISSUED',
    'COUPON_REDEEMED',
    'JOURNEY_ENTERED',
    'MESSAGE_NOT_SENT',
    'MESSAGE_RECEIVED',
    'MESSAGE_SENT',
  ],
  ['ORDER_PAID', 'ORDER_PLACED', 'ORDER_REFUNDED', 'SEND_ALLOWED', 'SEND_REFUSED', 'TAG_ADDED', 'TAG_REMOVED', 'TOUCHPOINT'],
].flat()

it('Customer.timeline has everything that happened, each with its subject, latest first', async () => {
  const customer = newId()
  await liveThrough(await seed.meet(customer), 1)
  const { nodes, totalCount } = await read(customer, 'first: 100')
  expect(nodes.map(({ kind }) => kind).toSorted()).toEqual(KINDS)
  expect(totalCount).toBe(KINDS.length)
  expect(nodes.map(({ at }) => at)).toEqual(
    nodes
      .map(({ at }) => at)
      .toSorted()
      .toReversed(),
  )
  // `id`, `kind` and `at`, and one subject; a redeemed coupon names its order as well, which does not exist here.
  for (const entry of nodes) expect(Object.values(entry).filter(Boolean), entry.kind).toHaveLength(4)
})

it('pages of one entry are the same sequence as one page, forward and backward, also of entries at the same time', async () => {
  const customer = newId()
  for (const no of [1, 3]) await liveThrough(await seed.meet(customer), no)
  const whole = await read(customer, 'first: 100')
  expect(new Set(idsOf(whole)).size).toBe(2 * KINDS.length)
  for (const [size, cursor, edge] of [
    ['first', 'after', 'endCursor'],
    ['last', 'before', 'startCursor'],
  ] as const) {
    const seen: string[] = []
    for (let at: string | null = null; seen.length < idsOf(whole).length; ) {
      const page: Page = await read(customer, `${size}: 1, ${cursor}: $at`, { at })
      seen.push(...idsOf(page))
      at = page.pageInfo[edge]
    }
    expect(size === 'first' ? seen : seen.toReversed(), size).toEqual(idsOf(whole))
    expect((await read(customer, `${size}: 20`)).nodes).toHaveLength(20)
  }
})

it('a merge joins two timelines, and an unmerge divides them again', async () => {
  const [ann, bob] = [newId(), newId()]
  const [ofAnn, ofBob] = [await seed.meet(ann), await seed.meet(bob)]
  await liveThrough(ofAnn, 1)
  await liveThrough(ofBob, 3)
  const before = [await read(ann, 'first: 100'), await read(bob, 'first: 100')]
  await seed.link(ofBob, ann)
  const merged = await read(ann, 'first: 100')
  expect(idsOf(merged).toSorted()).toEqual(before.flatMap(idsOf).toSorted())
  expect(idsOf(await read(bob, 'first: 100'))).toEqual([])
  await seed.link(ofBob, bob)
  expect([await read(ann, 'first: 100'), await read(bob, 'first: 100')]).toEqual(before)
})

it('timelines of several customers are read together, with the kinds and the time that are wanted', async () => {
  const [ann, bob] = [newId(), newId()]
  const [ofAnn, ofBob] = [await seed.meet(ann), await seed.meet(bob)]
  await seed.touch(ofAnn, '2026-03-01T00:00:00Z')
  await seed.touch(ofAnn, '2026-03-02T00:00:00Z')
  await seed.touch(ofBob, '2026-03-03T00:00:00Z')
  await seed.order(ofBob, 1, { paidAt: NOON })
  const filter = 'filter: { kinds: [TOUCHPOINT, TAG_ADDED], atFrom: "2026-03-01T00:00:00Z", atBefore: "2026-03-03T00:00:00Z" }'
  const found = await seed.ofCustomers([ann, bob], `timeline(${filter}) { nodes { kind at } totalCount }`)
  const entry = (day: number) => ({ kind: 'TOUCHPOINT', at: `2026-03-0${day}T00:00:00.000Z` })
  expect(found).toEqual([{ timeline: { nodes: [entry(2), entry(1)], totalCount: 2 } }, { timeline: { nodes: [], totalCount: 0 } }])
})

it('entries of kinds that a viewer has no scope for are left out, also from the total', async () => {
  const customer = newId()
  await liveThrough(await seed.meet(customer), 1)
  const kindsOf = async (...scopes: string[]) => {
    const [{ timeline }] = await seed.ofCustomers([customer], 'timeline(first: 100) { nodes { kind } totalCount }', {}, ['', scopes])
    expect(timeline.totalCount).toBe(timeline.nodes.length)
    return timeline.nodes.map(({ kind }: Entry) => kind).toSorted()
  }
  const open = ['CONTACT_ADDED', 'CONTACT_LOST', 'TAG_ADDED', 'TAG_REMOVED', 'TOUCHPOINT']
  expect(await kindsOf('customers:read')).toEqual(open)
  expect(await kindsOf('customers:read', 'orders:read')).toEqual([...open, 'ORDER_PAID', 'ORDER_PLACED', 'ORDER_REFUNDED'].toSorted())
  expect(await kindsOf('customers:write')).toEqual([])
})

it('a cursor of another list is refused', async () => {
  const customer = newId()
  await seed.touch(await seed.meet(customer), DAY)
  const { touchpoints } = await seed.ask('{ touchpoints(first: 1) { pageInfo { endCursor } } }')
  const source = `query ($r: [_Any!]!, $at: String) { _entities(representations: $r) { ... on Customer { timeline(after: $at) { nodes { id } } } } }`
  const { errors } = await seed.run(source, { r: [{ __typename: 'Customer', id: customer }], at: touchpoints.pageInfo.endCursor })
  expect(errors?.[0]?.message).toContain('not a cursor of this list')
})

it('a span that ends before it starts is refused by the name of its end', async () => {
  const source = `query ($r: [_Any!]!, $f: TimelineFilter) { _entities(representations: $r) { ... on Customer { timeline(filter: $f) { nodes { id } } } } }`
  const f = { atFrom: '2026-03-02T00:00:00Z', atBefore: '2026-03-01T00:00:00Z' }
  const { errors } = await seed.run(source, { r: [{ __typename: 'Customer', id: newId() }], f })
  expect(errors?.[0]?.message).toContain('filter.atBefore: must not lie before filter.atFrom')
})
