import { crc32 } from 'node:zlib'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { addressOf } from '@renmai/platform/events/bus'
import { createApiKey } from '@renmai/platform/secrets/api-key'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asUser } from '../stack/bus-users.ts'
import { busRows } from './bad-input/bus-rows.ts'
import { keyRows, type OwnIssuer, startOwnIssuer, tokenRows } from './bad-input/credential-rows.ts'
import { fileRows } from './bad-input/file-rows.ts'
import { graphqlRows } from './bad-input/graphql-rows.ts'
import { eventRows, wecomRows, youzanRows } from './bad-input/intake-rows.ts'
import { itemRows } from './bad-input/item-rows.ts'
import { ask, call, type Row, type Stage } from './bad-input/row.ts'
import { hold as holdRow, named, openStage, pageView, write } from './bad-input/stage.ts'
import { valueRows } from './bad-input/value-rows.ts'

let stage: Stage
let issuer: OwnIssuer

beforeAll(async () => {
  stage = await openStage()
  issuer = await startOwnIssuer(stage.whole)
})
afterAll(async () => {
  await issuer?.stop()
  await stage?.whole.stop()
})

const hold = (row: Row) => holdRow(stage, row)

describe('GraphQL', () => {
  it.each(named([...graphqlRows, ...itemRows, ...valueRows]))('%s', async (_name, row) => hold(row))

  it('has changed no prototype', () => expect(({} as { polluted?: boolean }).polluted).toBeUndefined())
})

describe('credentials', () => {
  it.each(named(keyRows))('%s', async (_name, row) => hold(row))

  // The issuer exists only when the tests run; the names of its rows do not depend on it.
  it.each(tokenRows({} as OwnIssuer).map(({ id, what }, no) => [`${id}: ${what}`, no] as const))('%s', async (_name, no) =>
    hold(tokenRows(issuer)[no]!),
  )
})

describe('intake', () => {
  it.each(named(eventRows))('%s', async (_name, row) => hold(row))
  it.each(wecomRows('').map(({ id, what }, no) => [`${id}: ${what}`, no] as const))('%s', async (_name, no) =>
    hold(wecomRows(stage.paths.wecom)[no]!),
  )
  it.each(youzanRows('').map(({ id, what }, no) => [`${id}: ${what}`, no] as const))('%s', async (_name, no) =>
    hold(youzanRows(stage.paths.youzan)[no]!),
  )
})

describe('files', () => {
  it.each(named(fileRows))('%s', async (_name, row) => hold(row))
})

describe('the bus', () => {
  it("E6, E7: an attacker with a service's password can neither publish for another service nor change its streams", async () => {
    const nats = await connect(addressOf(asUser(stage.whole.client.endpoints.nats, stage.whole.platform.secrets, 'analytics')))
    const operator = await connect(addressOf(stage.whole.client.endpoints.nats))
    const { streams, consumers } = await jetstreamManager(operator)
    const before = (await streams.info('engagement')).state.messages
    const refused = (subject: string) =>
      expect(nats.request(subject, '{}', { timeout: 1_000 }), subject).rejects.toThrow(/Permissions Violation for Publish/)
    const deaf = async (subject: string) => {
      const { promise: said, resolve } = Promise.withResolvers<string>()
      nats.subscribe(subject, { callback: (error, message) => resolve(error?.message ?? message.subject) })
      expect(await said, subject).toMatch(/Permissions Violation for Subscription/)
    }
    await refused(`renmai.engagement.v1.TouchpointsRecorded.engagement.${stage.whole.tenantId}`)
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

  it('accepts no connection without a password or with a wrong one', async () => {
    const { host } = new URL(stage.whole.client.endpoints.nats)
    for (const servers of [`nats://${host}`, `nats://analytics:wrong@${host}`])
      await expect(connect({ ...addressOf(servers), reconnect: false, timeout: 2_000 })).rejects.toThrow(/Authorization/i)
  })

  it('keeps each of these as a dead letter and goes on', async () => {
    const deadLetters = async () => {
      const client = new pg.Client({
        connectionString: Object.assign(new URL(stage.whole.client.endpoints.postgres), { pathname: '/campaign' }).href,
      })
      await client.connect()
      const { rows } = await client.query<{ n: number }>(
        "SELECT count(*)::int AS n FROM dead_letters WHERE consumer = 'campaign_count-behaviour'",
      )
      await client.end()
      return rows[0]!.n
    }
    const nats = await connect(addressOf(stage.whole.client.endpoints.nats))
    for (const row of busRows) row.send(nats, stage.whole.tenantId)
    await nats.drain()
    await eventually(async () => expect(await deadLetters()).toBe(busRows.length))
    const login = newId()
    await write(stage.whole, stage.key, 'ingestEvents', 'IngestEventsInput', 'accepted', {
      accountId: stage.source.id,
      events: [pageView(login)],
    })
    await eventually(async () => {
      const { text } = await ask(
        stage,
        `{ customerByIdentifier(namespace: "login", value: "${login}") { touchpoints { nodes { type } } } }`,
      )
      expect(text).toContain('page_view')
    })
  })
})

it('B10: the right key stays valid after any number of refused guesses, also of the same id', async () => {
  const [, tenant, id] = /^rm_live_([0-9a-f]{32})_([0-9A-Za-z]{12})_/.exec(stage.key)!
  const headers = (key: string) => ({ 'content-type': 'application/json', authorization: `Bearer ${key}` })
  const guesses = Array.from({ length: 60 }, () =>
    createApiKey(stage.whole.tenantId)
      .text.replace(/_[0-9A-Za-z]{12}_/, `_${id}_`)
      .slice(0, -8),
  )
  const call1 = (key: string) =>
    call(stage.whole.client.endpoints.graphql, { headers: headers(key), body: '{"query":"{ tenant { id } }"}' })
  const codes = await Promise.all(
    guesses.map(async (guess) => (await call1(`${guess}${crc32(guess.slice(0, -1)).toString(16).padStart(8, '0')}`)).codes),
  )
  expect(tenant).toBe(stage.whole.tenantId.replaceAll('-', ''))
  expect(new Set(codes)).toEqual(new Set(['UNAUTHENTICATED']))
  expect((await call1(stage.key)).status).toBe(200)
})

it('after all of it every service is ready and serves', async () => {
  for (const url of Object.values(stage.whole.client.endpoints.services)) expect((await fetch(`${url}/readyz`)).status).toBe(200)
  expect(
    (
      await call(stage.whole.client.endpoints.graphql, {
        headers: { 'content-type': 'application/json', authorization: `Bearer ${stage.key}` },
        body: '{"query":"{ tenant { id } }"}',
      })
    ).status,
  ).toBe(200)
})
