import { createHash, randomInt } from 'node:crypto'
import { newId } from '@renmai/platform/serve/ids'
import { eventually, eventuallyFound } from '@renmai/platform/testing/eventually'
import { expect } from 'vitest'
import { CSV_MAPPING } from '../../demo/people.ts'
import { type Answered, call } from '../bad-input/row.ts'
import type { Whole } from '../whole.ts'

/** One object of each kind of a tenant: ids by type, and other names of objects by the field that takes them. */
export type World = { ids: Record<string, string>; texts: Record<string, string> }

type Made = Record<string, Record<string, string>>

/** Sends an operation as a user or client of the tenant. */
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

/** State that the makers of a world share: the ids so far, a unique name, and functions to write and read. */
type Maker = {
  ids: World['ids']
  name: string
  query: Query
  run: Run
  make: (type: string, mutation: string, payload: string, input: object) => Promise<void>
}
type Run = (name: string, selection: string, input: object) => Promise<Made>

function makerOf(ask: Ask): Maker {
  const [query, ids] = [asking(ask), {} as World['ids']]
  const run: Run = async (name, selection, input) => {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`
    const given = name === 'ingestEvents' ? input : { idempotencyKey: newId(), ...input }
    const document = `mutation M($input: ${type}!) { ${name}(input: $input) { ${selection} } }`
    return (await query<Record<string, Made>>(document, { input: given }))[name]!
  }
  const make: Maker['make'] = async (type, mutation, payload, input) => {
    ids[type] = (await run(mutation, `${payload} { id }`, input))[payload]!.id!
  }
  return { ids, query, run, make, name: `w${newId().slice(-12)}` }
}

/** Makes a tenant's world through the API. */
export async function createWorld(whole: Whole, ask: Ask): Promise<World> {
  const maker = makerOf(ask)
  const { ids, name, query, run, make } = maker
  await make('ChannelAccount', 'createEventSource', 'account', { name, channel: 'WEB' })
  const login = newId()
  const { id, profiles } = await meet(maker, login)
  Object.assign(ids, { Customer: id, Profile: profiles[0]!.id })
  await defineWords(maker)
  const code = await makeCoupon(maker)
  const accounts = await connectOutside(maker)
  const hash = await makeClients(maker)
  await importOrder(whole, maker)
  await makeMessage(maker)
  const other = await meet(maker, newId())
  const merged = await run('mergeCustomers', 'decision { id }', { survivorId: id, absorbedId: other.id, reason: 'one person' })
  ids.CustomerDecision = merged.decision!.id!
  const { customers } = await query<{ customers: { pageInfo: { endCursor: string } } }>(
    '{ customers(first: 1) { pageInfo { endCursor } } }',
  )
  const cursor = customers.pageInfo.endCursor
  const texts = { code, hash, key: name, value: login, orderNo: name, orderKey: name, after: cursor, before: cursor, ...accounts }
  return { ids, texts }
}

type Met = { id: string; profiles: { id: string }[] }

async function meet({ ids, run, query }: Maker, login: string): Promise<Met> {
  const identifiers = [
    { namespace: 'login', value: login },
    { namespace: 'email', value: `${login}@mail.example` },
  ]
  const event = { messageId: newId(), type: 'page_view', occurredAt: new Date().toISOString(), identifiers }
  await run('ingestEvents', 'accepted', { accountId: ids.ChannelAccount, events: [event] })
  const document = `{ customerByIdentifier(namespace: "login", value: "${login}") { id profiles { id } } }`
  return eventuallyFound(async () => (await query<{ customerByIdentifier: Met | null }>(document)).customerByIdentifier)
}

async function defineWords({ ids, name, run, make }: Maker): Promise<void> {
  await make('TagGroup', 'createTagGroup', 'group', { name })
  await make('Tag', 'createTag', 'tag', { groupId: ids.TagGroup, name })
  const terms = { consentLevel: 'GENERAL', noticeText: 'we write', messageClass: 'TRANSACTIONAL', isRequired: true }
  await run('definePurpose', 'purpose { key }', { key: name, name, ...terms })
  await run('defineField', 'field { key }', { key: name, label: name, type: 'TEXT', sensitivity: 'NONE' })
}

/** @returns its code */
async function makeCoupon({ ids, name, run, make }: Maker): Promise<string> {
  const amounts = { currency: 'CNY', thresholdMinor: 100, amountMinor: 10, stock: 100, perCustomer: 50, validDays: 9 }
  await make('CouponTemplate', 'createCouponTemplate', 'template', { name, kind: 'AMOUNT_OFF', ...amounts })
  const issue = () => run('issueCoupon', 'coupon { id code }', { templateId: ids.CouponTemplate, profileId: ids.Profile })
  // Campaign receives the profile by the bus.
  const { coupon } = await eventually(issue)
  ids.Coupon = coupon!.id!
  return coupon!.code!
}

async function connectOutside({ name, run, make }: Maker): Promise<World['texts']> {
  const [corpId, kdtId] = [`ww${name}`, String(randomInt(1e12))]
  const wecom = { name, corpId, agentId: 1, secret: 'a-corp-secret', token: 'aToken', encodingAesKey: 'z'.repeat(43) }
  const { account } = await run('connectWecom', 'account { id }', wecom)
  await run('connectYouzan', 'account { id }', { name, kdtId, clientId: name, clientSecret: 'a-client-secret' })
  await make('LiveCode', 'createLiveCode', 'liveCode', { accountId: account!.id, name, state: name, owners: ['owner'] })
  return { corpId, kdtId, wecomAccount: account!.id! }
}

/** @returns the hash of a trusted document */
async function makeClients({ ids, name, run, make }: Maker): Promise<string> {
  await make('ApiClient', 'createApiClient', 'client', { name, scopes: ['customers:read', 'webhooks:read', 'webhooks:write'] })
  const document = 'subscription { customerChanged { id } }'
  const endpoint = { clientId: ids.ApiClient, url: 'http://127.0.0.1:1024/hook', document }
  await make('WebhookEndpoint', 'createWebhookEndpoint', 'endpoint', endpoint)
  await make('Staff', 'addStaff', 'staff', { subject: name, name, roles: ['MARKETER'] })
  await make('BulkOperation', 'bulkOperationRunQuery', 'operation', { query: '{ customers { nodes { id } } }' })
  const body = `query ${name} { tenant { id } }`
  const hash = createHash('sha256').update(body).digest('hex')
  await run('publishDocuments', 'added', { documents: [{ hash, body }] })
  return hash
}

async function makeMessage({ ids, name, query, make }: Maker): Promise<void> {
  await make('Template', 'publishTemplate', 'template', { name, channel: 'EMAIL', subject: 'Hello', body: 'Hello' })
  await make('Segment', 'createSegment', 'segment', { name, definition: { behaviour: { type: 'page_view' } } })
  const size = async () => (await query<{ segment: { size: number } }>(`{ segment(id: "${ids.Segment}") { size } }`)).segment.size
  await eventually(async () => expect(await size()).toBeGreaterThan(0))
  const send = { id: 'send', purpose: name, templateId: ids.Template, next: 'end' }
  const nodes = [{ send }, { exit: { id: 'end' } }]
  const trigger = { segmentEntered: { segmentId: ids.Segment, includeMembers: true } }
  await make('Journey', 'publishJourney', 'journey', { name, trigger, nodes })
  const messages = '{ messages(first: 1) { nodes { id } } }'
  const first = async () => (await query<{ messages: { nodes: { id: string }[] } }>(messages)).messages.nodes[0]?.id
  ids.Message = await eventuallyFound(first)
}

async function importOrder(whole: Whole, { ids, name, run, query }: Maker): Promise<void> {
  const file = `order_no,sku,title,quantity,time,price,member,phone,email,name\n${name},a,A,1,2026-01-01 10:00:00,9.90,m1,,,`
  const sha256 = createHash('sha256').update(file).digest('hex')
  const rest = { fileName: 'orders.csv', sha256, mapping: CSV_MAPPING, currency: 'CNY', zone: 'Asia/Shanghai' }
  const started = await run('startOrderImport', 'import { id } uploadPath', { accountId: ids.ChannelAccount, ...rest })
  ids.OrderImport = started.import!.id!
  const headers = { 'content-type': 'text/csv' }
  const sent = await call(`${whole.client.endpoints.intake}${String(started.uploadPath)}`, { method: 'PUT', headers, body: file })
  expect(sent.status, sent.text).toBe(200)
  const orders = `{ orders(first: 1, orderNo: "${name}") { nodes { id } } }`
  const first = async () => (await query<{ orders: { nodes: { id: string }[] } }>(orders)).orders.nodes[0]?.id
  ids.Order = await eventuallyFound(first)
}
