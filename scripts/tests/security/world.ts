import { createHash, randomInt } from 'node:crypto'
import { newId } from '@renmai/platform/serve/ids'
import { eventually, eventuallyFound } from '@renmai/platform/testing/eventually'
import { expect } from 'vitest'
import { CSV_MAPPING } from '../../demo/people.ts'
import { type Answered, call } from '../bad-input/row.ts'
import type { Whole } from '../whole.ts'
import type { Made, Maker, Query, Run, World } from './maker.ts'
import { makeAttributeJob, makeClassChange, makeExchangeRate, makeMatching, makeQuarantine, meetOutside, stopWork } from './world-rows.ts'

/** Sends an operation as a user or client of the tenant. */
export type Ask = (query: string, variables?: object) => Promise<Answered>
/** @throws Error with the answer where it has errors */
const asking =
  (ask: Ask): Query =>
  async <T>(query: string, variables?: object): Promise<T> => {
    const { text } = await ask(query, variables)
    const { data, errors } = JSON.parse(text) as { data: T; errors?: unknown }
    if (errors) throw new Error(text)
    return data
  }

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
  const { id, profiles } = await meet(maker, login, [], JOURNEYED)
  Object.assign(ids, { Customer: id, Profile: profiles.nodes[0]!.id })
  await defineWords(maker)
  const code = await makeCoupon(maker)
  const accounts = await connectOutside(maker)
  const hash = await makeClients(maker)
  await importOrder(whole, maker)
  await meetOutside(whole, maker)
  await makeMessage(maker)
  await makeProofs(maker)
  await makeClassChange(whole, maker)
  await makeExchangeRate(whole, maker)
  const other = await meet(maker, newId())
  const merged = await run('mergeCustomers', 'merge { id }', { survivorId: id, absorbedId: other.id, reason: 'one person' })
  ids.CustomerMerge = merged.merge!.id!
  const otherCustomer = await makeReview(maker)
  await makeMatching(whole, maker)
  await makeAttributeJob(whole, maker)
  await makeQuarantine(whole, maker)
  await stopWork(whole, maker)
  const { customers } = await query<{ customers: { pageInfo: { endCursor: string } } }>(
    '{ customers(first: 1) { pageInfo { endCursor } } }',
  )
  const cursor = customers.pageInfo.endCursor
  const texts = {
    code,
    hash,
    key: name,
    value: login,
    orderNo: name,
    orderKey: name,
    after: cursor,
    before: cursor,
    otherCustomer,
    ...accounts,
  }
  return { ids, texts }
}

type Met = { id: string; profiles: { nodes: { id: string }[] } }

/** Type of the event by which a customer enters the world's journey: only the first has one, so that nothing goes on afterwards. */
const JOURNEYED = 'first_view'

async function meet({ ids, run, query }: Maker, login: string, more: object[] = [], type = 'page_view'): Promise<Met> {
  const identifiers = [...more, { namespace: 'login', value: login }, { namespace: 'email', value: `${login}@mail.example` }]
  const event = { messageId: newId(), type, occurredAt: new Date().toISOString(), identifiers }
  await run('ingestEvents', 'accepted', { accountId: ids.ChannelAccount, events: [event] })
  const document = `{ customerByIdentifier(namespace: "login", value: "${login}") { id profiles { nodes { id } } } }`
  return eventuallyFound(async () => (await query<{ customerByIdentifier: Met | null }>(document)).customerByIdentifier)
}

/** Two people with one phone number and different unionids, which no rule joins. @returns one of them */
async function makeReview(maker: Maker): Promise<string> {
  const phone = { namespace: 'phone', value: '13912340001', isVerified: true }
  for (const value of ['one', 'other']) await meet(maker, newId(), [phone, { namespace: 'unionid@subject', value }])
  const find =
    '{ reviewCases(first: 1) { nodes { id customerA { id identity { evidence { nodes { id } } } } customerB { identity { evidence { nodes { id } } } } } } }'
  type Found = { id: string } & Record<'customerA' | 'customerB', { id: string; identity: { evidence: { nodes: { id: string }[] } } }>
  const read = async () => (await maker.query<{ reviewCases: { nodes: Found[] } }>(find)).reviewCases.nodes[0]
  const { id, customerA, customerB } = await eventuallyFound(read)
  Object.assign(maker.ids, {
    ReviewCase: id,
    Evidence: [...customerA.identity.evidence.nodes, ...customerB.identity.evidence.nodes][0]!.id,
  })
  const apart = { customerA: maker.ids.Customer, customerB: customerA.id, reason: 'two people' }
  await maker.make('IdentityRuling', 'separateCustomers', 'ruling', apart)
  return customerA.id
}

async function defineWords({ ids, name, make }: Maker): Promise<void> {
  await make('TagGroup', 'createTagGroup', 'group', { name })
  await make('Tag', 'createTag', 'tag', { groupId: ids.TagGroup, name })
  const terms = { consentLevel: 'GENERAL', noticeText: 'we write', messageClass: 'TRANSACTIONAL', isRequired: true }
  await make('Purpose', 'createPurpose', 'purpose', { key: name, name, ...terms })
  await make('AttributeField', 'createAttributeField', 'field', { key: name, label: name, kind: 'TEXT', sensitivity: 'NONE' })
}

/** @returns its code */
async function makeCoupon({ ids, name, run, make }: Maker): Promise<string> {
  const yuan = (amount: string) => ({ amount, currency: 'CNY' })
  const terms = { threshold: yuan('1'), discount: { amountOff: yuan('0.10') }, stock: 100, perCustomer: 50, validFor: 'P9D' }
  await make('CouponTemplate', 'createCouponTemplate', 'couponTemplate', { name, ...terms })
  const issue = () =>
    run('issueCoupon', 'coupon { id code }', { couponTemplateId: ids.CouponTemplate, recipient: { profileId: ids.Profile } })
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
  await make('LiveCode', 'createLiveCode', 'liveCode', { accountId: account!.id, name, reference: name, owners: ['owner'] })
  return { corpId, kdtId, wecomAccount: account!.id! }
}

/** @returns the hash of a trusted document */
async function makeClients({ ids, name, run, make, query }: Maker): Promise<string> {
  await make('ApiClient', 'createApiClient', 'client', { name, scopes: ['customers:read', 'webhooks:read', 'webhooks:write'] })
  const document = 'subscription { customerChanged { id } }'
  const endpoint = { clientId: ids.ApiClient, url: 'http://127.0.0.1:1024/hook', document }
  await make('WebhookEndpoint', 'createWebhookEndpoint', 'endpoint', endpoint)
  await make('WebhookDelivery', 'testWebhookEndpoint', 'delivery', { endpointId: ids.WebhookEndpoint })
  await make('SavedView', 'createSavedView', 'savedView', { name, kind: 'CUSTOMERS' })
  await make('Staff', 'addStaff', 'staff', { subject: name, name, roles: ['MARKETER'] })
  await make('BulkOperation', 'runBulkQuery', 'operation', { query: '{ customers { nodes { id } } }' })
  const body = `query ${name} { tenant { id } }`
  const hash = createHash('sha256').update(body).digest('hex')
  await run('publishDocuments', 'added', { documents: [{ hash, body }] })
  const documents = '{ trustedDocuments(first: 1) { nodes { id } } }'
  const { trustedDocuments } = await query<{ trustedDocuments: { nodes: { id: string }[] } }>(documents)
  ids.TrustedDocument = trustedDocuments.nodes[0]!.id
  return hash
}

async function makeMessage({ ids, name, query, make }: Maker): Promise<void> {
  await make('MessageTemplate', 'publishMessageTemplate', 'messageTemplate', { name, channel: 'EMAIL', subject: 'Hello', body: 'Hello' })
  await make('Segment', 'createSegment', 'segment', { name, definition: { behaviour: { type: JOURNEYED } } })
  const size = async () => (await query<{ segment: { size: number } }>(`{ segment(id: "${ids.Segment}") { size } }`)).segment.size
  await eventually(async () => expect(await size()).toBeGreaterThan(0))
  const send = { id: 'send', purpose: name, messageTemplateId: ids.MessageTemplate, next: 'end' }
  const nodes = [{ send }, { exit: { id: 'end' } }]
  const trigger = { segmentEntered: { segmentId: ids.Segment, includeMembers: true } }
  await make('Journey', 'publishJourney', 'journey', { name, trigger, nodes })
  const messages = '{ messages(first: 1) { nodes { id } } }'
  const first = async () => (await query<{ messages: { nodes: { id: string }[] } }>(messages)).messages.nodes[0]?.id
  ids.Message = await eventuallyFound(first)
  type Entered = { customer: { journeyEntries: { nodes: { id: string }[] } } }
  const entries = `{ customer(id: "${ids.Customer}") { journeyEntries(first: 1) { nodes { id } } } }`
  ids.JourneyEntry = await eventuallyFound(async () => (await query<Entered>(entries)).customer.journeyEntries.nodes[0]?.id)
}

/** What compliance and analytics keep about a tenant: consents, receipts, the audit log, a run of RFM. */
async function makeProofs({ ids, name, run, query, make }: Maker): Promise<void> {
  const statement = { subject: { customerId: ids.Customer }, purpose: name, channel: 'EMAIL', method: 'web_form' }
  await make('Consent', 'grantConsent', 'consent', statement)
  const cuts = { recency: 'P30D', frequency: 1, monetary: { amount: '1', currency: 'CNY' } }
  await make('RfmRun', 'computeRfm', 'run', { asOf: '2026-01-31', method: 'FIXED', cuts })
  const first = async (list: string, selection = 'id') => {
    const answer = await query<Record<string, { nodes: Record<string, unknown>[] }>>(`{ ${list}(first: 1) { nodes { ${selection} } } }`)
    return answer[list]!.nodes[0]
  }
  ids.RfmModel = (await first('rfmModels'))!.id as string
  ids.PurposeNotice = ((await first('purposes', 'notice { id }'))!.notice as { id: string }).id
  ids.SendDecision = (await eventuallyFound(() => first('sendDecisions'))).id as string
  ids.AuditEntry = (await eventuallyFound(() => first('auditEntries'))).id as string
  await run('signAuditCheckpoint', 'checkpoint { id }', {})
  ids.AuditCheckpoint = (await eventuallyFound(() => first('auditCheckpoints'))).id as string
}

async function importOrder(whole: Whole, { ids, name, run, query }: Maker): Promise<void> {
  const rows = [`${name},a,A,1,2026-01-01 10:00:00,9.90,m1,,,`, `${name}x,a,A,x,2026-01-01 10:00:00,9.90,m1,,,`]
  const file = ['order_no,sku,title,quantity,time,price,member,phone,email,name', ...rows].join('\n')
  const sha256 = createHash('sha256').update(file).digest('hex')
  const rest = { fileName: 'orders.csv', sha256, mapping: CSV_MAPPING, currency: 'CNY', zone: 'Asia/Shanghai' }
  const started = await run('startOrderImport', 'import { id } uploadPath', { accountId: ids.ChannelAccount, ...rest })
  ids.OrderImport = started.import!.id!
  const headers = { 'content-type': 'text/csv' }
  const sent = await call(`${whole.client.endpoints.intake}${String(started.uploadPath)}`, { method: 'PUT', headers, body: file })
  expect(sent.status, sent.text).toBe(200)
  const imported = `{ orderImport(id: "${ids.OrderImport}") { rejectedRows(first: 1) { nodes { id } } } }`
  const { orderImport } = await query<{ orderImport: { rejectedRows: { nodes: { id: string }[] } } }>(imported)
  ids.RejectedRow = orderImport.rejectedRows.nodes[0]!.id
  const orders = `{ orders(first: 1, filter: { orderNo: "${name}" }) { nodes { id } } }`
  const first = async () => (await query<{ orders: { nodes: { id: string }[] } }>(orders)).orders.nodes[0]?.id
  ids.Order = await eventuallyFound(first)
}
