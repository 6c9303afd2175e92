import { createHash, randomInt } from 'node:crypto'
import { newId } from '@renmai/platform/ids'
import { expect, vi } from 'vitest'
import { CSV_MAPPING } from '../../demo/people.ts'
import { type Answered, call } from '../bad-input/row.ts'
import type { Whole } from '../whole.ts'

/** One real thing of each kind that belongs to a tenant: ids by type, and other names of things by the field that takes them. */
export type World = { ids: Record<string, string>; texts: Record<string, string> }

type Made = Record<string, Record<string, string>>
const LONG = { timeout: 30_000, interval: 200 }

/** Sends an operation as somebody of the tenant. */
export type Ask = (query: string, variables?: object) => Promise<Answered>
type Query = <T>(query: string, variables?: object) => Promise<T>

/** @throws Error with the answer where it has errors */
const asking =
  (ask: Ask): Query =>
  async <T>(query: string, variables?: object): Promise<T> => {
    const { text } = await ask(query, variables)
    const { data, errors } = JSON.parse(text) as { data: T; errors?: unknown }
    if (errors) throw new Error(text)
    return data
  }

/** Makes a tenant's world through the API, with names that no other world has. */
export async function createWorld(whole: Whole, ask: Ask): Promise<World> {
  const query = asking(ask)
  const run = async (name: string, selection: string, input: object): Promise<Made> => {
    const type = { grantConsent: 'RecordConsentInput' }[name] ?? `${name[0]!.toUpperCase()}${name.slice(1)}Input`
    const given = name === 'ingestEvents' ? input : { idempotencyKey: newId(), ...input }
    const data = await query<Record<string, Made>>(`mutation M($input: ${type}!) { ${name}(input: $input) { ${selection} } }`, {
      input: given,
    })
    return data[name]!
  }
  const name = `w${newId().replaceAll('-', '').slice(-12)}`
  const ids: World['ids'] = {}
  const make = async (type: string, mutation: string, payload: string, input: object) => {
    ids[type] = (await run(mutation, `${payload} { id }`, input))[payload]!.id!
  }
  await make('ChannelAccount', 'createEventSource', 'account', { name, channel: 'WEB' })
  const login = newId()
  const meet = async (value: string) => {
    const identifiers = [
      { namespace: 'login', value },
      { namespace: 'email', value: `${value}@mail.example` },
    ]
    const event = { messageId: newId(), type: 'page_view', occurredAt: new Date().toISOString(), identifiers }
    await run('ingestEvents', 'accepted', { accountId: ids.ChannelAccount, events: [event] })
    return vi.waitUntil(async () => {
      const found = await query<{ customerByIdentifier: { id: string; profiles: { id: string }[] } | null }>(
        `{ customerByIdentifier(namespace: "login", value: "${value}") { id profiles { id } } }`,
      )
      return found.customerByIdentifier
    }, LONG)
  }
  const { id, profiles } = await meet(login)
  Object.assign(ids, { Customer: id, Profile: profiles[0]!.id })
  await make('TagGroup', 'createTagGroup', 'group', { name })
  await make('Tag', 'createTag', 'tag', { groupId: ids.TagGroup, name })
  await run('definePurpose', 'purpose { key }', {
    key: name,
    name,
    consentLevel: 'GENERAL',
    noticeText: 'we write',
    messageClass: 'TRANSACTIONAL',
    isRequired: true,
  })
  await run('defineField', 'field { key }', { key: name, label: name, type: 'TEXT', sensitivity: 'NONE' })
  const template = { name, channel: 'EMAIL', subject: 'Hello', body: 'Hello' }
  await make('Template', 'publishTemplate', 'template', template)
  await make('CouponTemplate', 'createCouponTemplate', 'template', {
    name,
    kind: 'AMOUNT_OFF',
    currency: 'CNY',
    thresholdMinor: 100,
    amountMinor: 10,
    stock: 100,
    perCustomer: 50,
    validDays: 9,
  })
  const { coupon } = await vi.waitFor(
    () => run('issueCoupon', 'coupon { id code }', { templateId: ids.CouponTemplate, profileId: ids.Profile }),
    LONG,
  )
  ids.Coupon = coupon!.id!
  await make('Segment', 'createSegment', 'segment', { name, definition: { behaviour: { type: 'page_view' } } })
  const wecomAccount = await connectWecom(run, name)
  await make('LiveCode', 'createLiveCode', 'liveCode', { accountId: wecomAccount, name, state: name, owners: ['owner'] })
  const kdtId = String(randomInt(1e12))
  await run('connectYouzan', 'account { id }', { name, kdtId, clientId: name, clientSecret: 'a-client-secret' })
  await make('ApiClient', 'createApiClient', 'client', { name, scopes: ['customers:read', 'webhooks:read', 'webhooks:write'] })
  await make('WebhookEndpoint', 'createWebhookEndpoint', 'endpoint', {
    clientId: ids.ApiClient,
    url: 'http://127.0.0.1:1024/hook',
    document: 'subscription { customerChanged { id } }',
  })
  await make('Staff', 'addStaff', 'staff', { subject: name, name, roles: ['MARKETER'] })
  await make('BulkOperation', 'bulkOperationRunQuery', 'operation', { query: '{ customers { nodes { id } } }' })
  const body = `query ${name} { tenant { id } }`
  const hash = createHash('sha256').update(body).digest('hex')
  await run('publishDocuments', 'added', { documents: [{ hash, body }] })
  Object.assign(ids, await importOrder(whole, run, query, ids.ChannelAccount!, name))
  await vi.waitFor(async () => {
    const { segment } = await query<{ segment: { size: number } }>(`{ segment(id: "${ids.Segment}") { size } }`)
    expect(segment.size).toBeGreaterThan(0)
  }, LONG)
  const nodes = [
    { id: 'send', type: 'SEND', purpose: name, templateId: ids.Template, next: 'end' },
    { id: 'end', type: 'EXIT' },
  ]
  await make('Journey', 'publishJourney', 'journey', { name, segmentId: ids.Segment, includeMembers: true, nodes })
  ids.Message = await vi.waitUntil(async () => {
    const { messages } = await query<{ messages: { nodes: { id: string; state: string }[] } }>(
      '{ messages(first: 1) { nodes { id state } } }',
    )
    return messages.nodes[0]?.id
  }, LONG)
  const other = await meet(newId())
  const merged = await run('mergeCustomers', 'decision { id }', { survivorId: id, absorbedId: other.id, reason: 'one person' })
  ids.CustomerDecision = merged.decision!.id!
  const { customers } = await query<{ customers: { pageInfo: { endCursor: string } } }>(
    '{ customers(first: 1) { pageInfo { endCursor } } }',
  )
  const cursor = customers.pageInfo.endCursor
  const texts = {
    ...{ code: coupon!.code!, key: name, hash, value: login, orderNo: name, orderKey: name, corpId: `ww${name}`, kdtId, wecomAccount },
    ...{ after: cursor, before: cursor },
  }
  return { ids, texts }
}

type Run = (name: string, selection: string, input: object) => Promise<Made>

async function connectWecom(run: Run, name: string): Promise<string> {
  const { account } = await run('connectWecom', 'account { id }', {
    name,
    corpId: `ww${name}`,
    agentId: 1,
    secret: 'a-corp-secret',
    token: 'aToken',
    encodingAesKey: 'z'.repeat(43),
  })
  return account!.id!
}

async function importOrder(whole: Whole, run: Run, query: Query, accountId: string, orderNo: string): Promise<World['ids']> {
  const file = `order_no,sku,title,quantity,time,price,member,phone,email,name\n${orderNo},a,A,1,2026-01-01 10:00:00,9.90,m1,,,`
  const sha256 = createHash('sha256').update(file).digest('hex')
  const input = { accountId, fileName: 'orders.csv', sha256, mapping: CSV_MAPPING, currency: 'CNY', zone: 'Asia/Shanghai' }
  const started = (await run('startOrderImport', 'import { id } uploadPath', input)) as unknown as {
    import: { id: string }
    uploadPath: string
  }
  const sent = await call(whole.client.endpoints.intake + started.uploadPath, {
    method: 'PUT',
    headers: { 'content-type': 'text/csv' },
    body: file,
  })
  expect(sent.status, sent.text).toBe(200)
  const order = await vi.waitUntil(async () => {
    const { orders } = await query<{ orders: { nodes: { id: string }[] } }>(`{ orders(first: 1, orderNo: "${orderNo}") { nodes { id } } }`)
    return orders.nodes[0]?.id
  }, LONG)
  return { Order: order, OrderImport: started.import.id }
}
