import { crc32 } from 'node:zlib'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { createApiKey } from '@renmai/platform/api-key'
import { addressOf } from '@renmai/platform/bus'
import { newId } from '@renmai/platform/ids'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CORP } from '../demo/story.ts'
import { asUser } from '../stack/bus-users.ts'
import { addOtherTenant } from '../stack/other-tenant.ts'
import { busRows } from './bad-input/bus-rows.ts'
import { keyRows, type OwnIssuer, startOwnIssuer, tokenRows } from './bad-input/credential-rows.ts'
import { fileRows } from './bad-input/file-rows.ts'
import { graphqlRows } from './bad-input/graphql-rows.ts'
import { eventRows, wecomRows, youzanRows } from './bad-input/intake-rows.ts'
import { ask, call, type Row, type Stage } from './bad-input/row.ts'
import { valueRows } from './bad-input/value-rows.ts'
import { startWhole, type Whole } from './whole.ts'

let whole: Whole
let stage: Stage
let issuer: OwnIssuer
const paths = { wecom: '', youzan: '' }

const write = async <T>(key: string | undefined, field: string, type: string, selection: string, input: object): Promise<T> => {
  const { text } = await call(whole.client.endpoints.graphql, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key ?? (await whole.client.token())}` },
    body: JSON.stringify({
      query: `mutation M($input: ${type}!) { ${field}(input: $input) { ${selection} } }`,
      variables: { input: { ...(field === 'ingestEvents' ? {} : { idempotencyKey: newId() }), ...input } },
    }),
  })
  const { data } = JSON.parse(text) as { data: Record<string, T> | null }
  if (!data?.[field]) throw new Error(text)
  return data[field]
}

type Made = { account: { id: string; callbackPath: string }; secret: string }
const createSource = (key?: string) =>
  write<Made>(key, 'createEventSource', 'CreateEventSourceInput', 'account { id callbackPath } secret', { name: newId(), channel: 'WEB' })

const pageView = (login: string) => ({
  messageId: newId(),
  type: 'page_view',
  occurredAt: new Date().toISOString(),
  identifiers: [{ namespace: 'login', value: login }],
})

/** A customer, a group and an account of another tenant. */
async function makeTheirs(): Promise<Stage['theirs']> {
  const { key } = await addOtherTenant(whole.platform)
  const { account } = await createSource(key)
  const login = newId()
  await write(key, 'ingestEvents', 'IngestEventsInput', 'accepted', { accountId: account.id, events: [pageView(login)] })
  const group = await write<{ group: { id: string } }>(key, 'createTagGroup', 'CreateTagGroupInput', 'group { id }', { name: 'theirs' })
  for (;;) {
    const { text } = await call(whole.client.endpoints.graphql, {
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: `{ customerByIdentifier(namespace: "login", value: "${login}") { id profiles { id } } }` }),
    })
    const { data } = JSON.parse(text) as { data: { customerByIdentifier: { id: string; profiles: { id: string }[] } | null } }
    const found = data.customerByIdentifier
    if (found) return { customerId: found.id, profileId: found.profiles[0]!.id, groupId: group.group.id, accountId: account.id }
  }
}

beforeAll(async () => {
  whole = await startWhole()
  const { endpoints } = whole.client
  const { key } = await write<{ key: string }>(undefined, 'createApiClient', 'CreateApiClientInput', 'key', {
    name: 'all',
    kind: 'OWN',
    scopes: (await import('@renmai/platform/testing/viewers')).ALL_SCOPES,
  })
  const { account, secret } = await createSource()
  const source = { id: account.id, secret, callbackPath: account.callbackPath, url: endpoints.intake + account.callbackPath }
  const wecom = await write<Made>(undefined, 'connectWecom', 'ConnectWecomInput', 'account { callbackPath }', {
    name: 'wecom',
    secret: 'a-corp-secret',
    ...CORP,
  })
  const shop = { name: 'shop', kdtId: '77', clientId: 'demo', clientSecret: 'a-client-secret' }
  const youzan = await write<Made>(undefined, 'connectYouzan', 'ConnectYouzanInput', 'account { callbackPath }', shop)
  Object.assign(paths, { wecom: wecom.account.callbackPath, youzan: youzan.account.callbackPath })
  stage = { whole, key, source, theirs: await makeTheirs() }
  issuer = await startOwnIssuer(whole)
}, 120_000)
afterAll(async () => {
  await issuer?.stop()
  await whole.stop()
}, 60_000)

async function hold({ send, status, code }: Row): Promise<void> {
  const { theirs } = stage
  const answer = await send(stage)
  const said = `${answer.status} ${answer.codes} ${answer.text.slice(0, 300)}`
  expect([status].flat(), said).toContain(answer.status)
  if (code) expect(answer.codes, said).toMatch(code)
  // Nothing of ours is broken by it, shown in it, or given to whom it does not belong.
  expect(answer.codes, said).not.toMatch(/INTERNAL/)
  expect(answer.text, said).not.toMatch(/\n\s+at |node_modules|SELECT |did you mean|postgres:\/\//i)
  for (const id of Object.values(theirs)) expect(answer.text.replace(/not.?found.*/gi, ''), said).not.toContain(`"${id}"`)
}

const named = (rows: Row[]) => rows.map((row) => [`${row.id}: ${row.what}`, row] as const)

describe('GraphQL', () => {
  it.each(named([...graphqlRows, ...valueRows]))('%s', async (_name, row) => hold(row))

  it('has changed no prototype', () => expect(({} as { polluted?: boolean }).polluted).toBeUndefined())
})

describe('credentials', () => {
  it.each(named(keyRows))('%s', async (_name, row) => hold(row))

  // The issuer is there only when the tests run; the names of its rows do not depend on it.
  it.each(tokenRows({} as OwnIssuer).map(({ id, what }, no) => [`${id}: ${what}`, no] as const))('%s', async (_name, no) =>
    hold(tokenRows(issuer)[no]!),
  )
})

describe('intake', () => {
  it.each(named(eventRows))('%s', async (_name, row) => hold(row))
  it.each(wecomRows('').map(({ id, what }, no) => [`${id}: ${what}`, no] as const))('%s', async (_name, no) =>
    hold(wecomRows(paths.wecom)[no]!),
  )
  it.each(youzanRows('').map(({ id, what }, no) => [`${id}: ${what}`, no] as const))('%s', async (_name, no) =>
    hold(youzanRows(paths.youzan)[no]!),
  )
})

describe('files', () => {
  it.each(named(fileRows))('%s', async (_name, row) => hold(row))
})

describe('the bus', () => {
  it("E6, E7: a service whose password is known to somebody can neither speak for another nor touch what is another's", async () => {
    const nats = await connect(addressOf(asUser(whole.client.endpoints.nats, whole.platform.secrets, 'analytics')))
    const operator = await connect(addressOf(whole.client.endpoints.nats))
    const { streams, consumers } = await jetstreamManager(operator)
    const before = (await streams.info('engagement')).state.messages
    const refused = (subject: string) =>
      expect(nats.request(subject, '{}', { timeout: 1_000 }), subject).rejects.toThrow(/Permissions Violation for Publish/)
    const deaf = async (subject: string) => {
      const { promise: said, resolve } = Promise.withResolvers<string>()
      nats.subscribe(subject, { callback: (error, message) => resolve(error?.message ?? message.subject) })
      expect(await said, subject).toMatch(/Permissions Violation for Subscription/)
    }
    await refused(`renmai.engagement.v1.TouchpointsRecorded.engagement.${whole.tenantId}`)
    await refused('renmai.identity.v1.IdentityService.ReadContactCards')
    for (const verb of ['DELETE', 'PURGE', 'UPDATE']) await refused(`$JS.API.STREAM.${verb}.engagement`)
    await refused('$JS.API.CONSUMER.DELETE.engagement.campaign_count-behaviour')
    await refused('$JS.API.CONSUMER.MSG.NEXT.engagement.campaign_count-behaviour')
    await refused('$JS.API.CONSUMER.CREATE.engagement.spy.renmai.>')
    for (const subject of ['renmai.>', '_INBOX.engagement.>', 'renmai.identity.v1.IdentityService.*']) await deaf(subject)
    expect((await streams.info('engagement')).state.messages).toBe(before)
    expect((await consumers.info('engagement', 'campaign_count-behaviour')).name).toBe('campaign_count-behaviour')
    await Promise.all([nats.close(), operator.close()])
  })

  it('lets nobody in without a password, nor by a wrong one', async () => {
    const { host } = new URL(whole.client.endpoints.nats)
    for (const servers of [`nats://${host}`, `nats://analytics:wrong@${host}`])
      await expect(connect({ ...addressOf(servers), reconnect: false, timeout: 2_000 })).rejects.toThrow(/Authorization/i)
  })

  it('keeps each of these as a dead letter and goes on', async () => {
    const deadLetters = async () => {
      const client = new pg.Client({
        connectionString: Object.assign(new URL(whole.client.endpoints.postgres), { pathname: '/campaign' }).href,
      })
      await client.connect()
      const { rows } = await client.query<{ n: number }>(
        "SELECT count(*)::int AS n FROM dead_letters WHERE consumer = 'campaign_count-behaviour'",
      )
      await client.end()
      return rows[0]!.n
    }
    const nats = await connect(addressOf(whole.client.endpoints.nats))
    for (const row of busRows) row.send(nats, whole.tenantId)
    await nats.drain()
    await vi.waitFor(async () => expect(await deadLetters()).toBe(busRows.length), { timeout: 20_000, interval: 200 })
    const login = newId()
    await write(stage.key, 'ingestEvents', 'IngestEventsInput', 'accepted', { accountId: stage.source.id, events: [pageView(login)] })
    await vi.waitFor(
      async () => {
        const { text } = await ask(stage, `{ customerByIdentifier(namespace: "login", value: "${login}") { lastTouchpoints { type } } }`)
        expect(text).toContain('page_view')
      },
      { timeout: 10_000, interval: 100 },
    )
  }, 60_000)
})

it('B10: however many guesses at a key were refused, the right key is good, also with the same id', async () => {
  const [, tenant, id] = /^rm_live_([0-9a-f]{32})_([0-9A-Za-z]{12})_/.exec(stage.key)!
  const headers = (key: string) => ({ 'content-type': 'application/json', authorization: `Bearer ${key}` })
  const guesses = Array.from({ length: 60 }, () =>
    createApiKey(whole.tenantId)
      .text.replace(/_[0-9A-Za-z]{12}_/, `_${id}_`)
      .slice(0, -8),
  )
  const call1 = (key: string) => call(whole.client.endpoints.graphql, { headers: headers(key), body: '{"query":"{ tenant { id } }"}' })
  const codes = await Promise.all(
    guesses.map(async (guess) => (await call1(`${guess}${crc32(guess.slice(0, -1)).toString(16).padStart(8, '0')}`)).codes),
  )
  expect(tenant).toBe(whole.tenantId.replaceAll('-', ''))
  expect(new Set(codes)).toEqual(new Set(['UNAUTHENTICATED']))
  expect((await call1(stage.key)).status).toBe(200)
})

it('after all of it every service is ready and serves', async () => {
  for (const url of Object.values(whole.client.endpoints.services)) expect((await fetch(`${url}/readyz`)).status).toBe(200)
  expect(
    (
      await call(whole.client.endpoints.graphql, {
        headers: { 'content-type': 'application/json', authorization: `Bearer ${stage.key}` },
        body: '{"query":"{ tenant { id } }"}',
      })
    ).status,
  ).toBe(200)
})
