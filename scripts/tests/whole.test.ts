import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { MERGE_LOGS } from '@renmai/platform/testing/merge-logs'
import { createClient as createEventClient } from 'graphql-sse'
import { request } from 'undici'
import { describe, expect, it } from 'vitest'
import { signEvents } from '../sign-events.ts'
import { dumpRows, isQuiet } from './rows.ts'
import { codes, key, wholeSeed } from './whole-seed.ts'

const seed = wholeSeed()

describe('a subgraph', () => {
  it('answers only the gateway', async () => {
    for (const url of Object.values(seed.whole.client.endpoints.services)) {
      for (const headers of [{}, { authorization: `Bearer ${await seed.whole.client.token()}` }]) {
        const answer = await request(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: '{"query":"{ _service { sdl } }"}',
        })
        expect(answer.statusCode).toBe(401)
        await answer.body.dump()
      }
    }
  })
})

describe('signed intake', () => {
  it('accepts each signed delivery once, and nothing else', async () => {
    const { account, secret } = await seed.createSource()
    const url = seed.whole.client.endpoints.intake + account.callbackPath
    const body = JSON.stringify({
      events: [
        { messageId: 'm1', type: 'page_view', occurredAt: new Date().toISOString(), identifiers: [{ namespace: 'login', value: newId() }] },
      ],
    })
    const send = async (headers: Record<string, string>, text = body) => {
      const answer = await request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text })
      return { status: answer.statusCode, body: (await answer.body.json()) as { accepted?: number; duplicates?: number } }
    }
    expect(await send(signEvents(secret, 'w1', body, new Date()))).toMatchObject({ status: 200, body: { accepted: 1 } })
    expect(await send(signEvents(secret, 'w1', body, new Date()))).toMatchObject({ status: 200, body: { duplicates: 1 } })
    expect((await send(signEvents(secret, 'w1', body, new Date()), `${body} `)).status).toBe(401)
    expect((await send(signEvents(secret, 'w1', body, new Date(Date.now() - 360_000)))).status).toBe(401)
    expect((await send({})).status).toBe(401)
    const { account: other } = await seed.createSource()
    const elsewhere = await request(seed.whole.client.endpoints.intake + other.callbackPath, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signEvents(secret, 'w1', body, new Date()) },
      body,
    })
    expect(elsewhere.statusCode).toBe(401)
    await elsewhere.body.dump()
  })

  it.each([
    '/hooks/wecom/x/y',
    `/hooks/wecom/${newId()}/${newId()}`,
    `/hooks/youzan/${newId()}/${newId()}`,
    `/v1/events/${newId()}/${newId()}`,
    `/v1/imports/${newId()}/${newId()}`,
    '/hooks/../../etc/passwd',
  ])('knows nothing of %s', async (path) => {
    const method = path.includes('imports') ? 'PUT' : 'POST'
    const answer = await request(seed.whole.client.endpoints.intake + path, {
      method,
      headers: { 'content-type': path.includes('imports') ? 'text/csv' : 'application/json' },
      body: '{}',
    })
    expect([401, 404]).toContain(answer.statusCode)
    await answer.body.dump()
  })
})

describe('a subscriber', () => {
  const listen = async (query: string, variables = {}) => {
    const told: Record<string, unknown>[] = []
    const url = `${seed.whole.client.endpoints.graphql}/stream`
    const client = createEventClient({ url, headers: { authorization: `Bearer ${await seed.whole.client.token()}` }, retryAttempts: 0 })
    const next = ({ data, errors }: { data?: unknown; errors?: unknown }) =>
      void told.push({ ...(data as object), ...(errors ? { errors } : {}) })
    client.subscribe({ query, variables }, { next, error: (error) => void told.push({ error }), complete: () => undefined })
    return { told, stop: () => client.dispose() }
  }

  it('receives customers, segments and numbers as they change, with fields of all services', async () => {
    const { id, profiles } = await seed.meet(newId())
    const { id: other } = await seed.meet(newId())
    const [customer, segments, numbers] = await Promise.all([
      listen('subscription ($id: ID!) { customerChanged(customerId: $id) { id tags { nodes { name } } orderSummary { paidOrders } } }', {
        id,
      }),
      listen('subscription { segmentChanged { hasEntered segment { name } customer { id } } }'),
      listen('subscription { kpiChanged { isComplete days { touchpoints } } }'),
    ])
    const { createTagGroup } = await seed.whole.client.query<{ createTagGroup: { group: { id: string } } }>(
      'mutation G($input: CreateTagGroupInput!) { createTagGroup(input: $input) { group { id } } }',
      { input: { idempotencyKey: key(), name: 'live' } },
    )
    const { createTag } = await seed.whole.client.query<{ createTag: { tag: { id: string } } }>(
      'mutation T($input: CreateTagInput!) { createTag(input: $input) { tag { id } } }',
      { input: { idempotencyKey: key(), groupId: createTagGroup.group.id, name: 'listened to' } },
    )
    const tag = (verb: string, profileId: string) =>
      seed.whole.client.query(
        `mutation P($input: ${verb[0]!.toUpperCase()}${verb.slice(1)}Input!) { ${verb}(input: $input) { changed } }`,
        {
          input: { idempotencyKey: key(), tagId: createTag.tag.id, target: { profileIds: [profileId] } },
        },
      )
    // A stream begins a moment after its request, so the change is repeated until it arrives.
    await eventually(async () => {
      await tag('tagProfiles', profiles[0]!.id)
      await tag('untagProfiles', profiles[0]!.id)
      expect(customer.told.length).toBeGreaterThan(0)
    })
    expect(new Set(customer.told.map((one) => (one.customerChanged as { id: string }).id))).toEqual(new Set([id]))
    expect(customer.told[0]!.customerChanged).toMatchObject({ tags: { nodes: expect.any(Array) } })
    await seed.whole.client.query('mutation S($input: CreateSegmentInput!) { createSegment(input: $input) { segment { id } } }', {
      input: { idempotencyKey: key(), name: 'who looks', definition: { behaviour: { type: 'page_view' } } },
    })
    await eventually(() => expect(JSON.stringify(segments.told)).toContain(other))
    expect(segments.told).toContainEqual({ segmentChanged: { hasEntered: true, segment: { name: 'who looks' }, customer: { id } } })
    await eventually(async () => {
      await seed.meet(newId())
      expect(numbers.told.at(-1)?.kpiChanged).toMatchObject({ days: [{ touchpoints: expect.any(Number) }] })
    })
    for (const one of [customer, segments, numbers]) one.stop()
  })
})

describe('one customer over five services', () => {
  const FIELDS =
    'id attributes { key } tags { nodes { name } } segments { nodes { name } } orders { nodes { id } } touchpoints { nodes { type } } timeline { nodes { kind touchpoint { type } tag { name } } } messages { nodes { id } } rfm { label } consents { nodes { id } } journeyEntries { nodes { id } }'

  it('is one query, and with one service down the rest still answers', async () => {
    const { id } = await seed.meet(newId())
    const everything = await seed.ask(`query C($id: ID!) { customer(id: $id) { ${FIELDS} } }`, { id })
    expect(everything.body.errors).toBeUndefined()
    const entry = { kind: 'TOUCHPOINT', touchpoint: { type: 'page_view' }, tag: null }
    expect(everything.body.data?.customer).toMatchObject({ timeline: { nodes: [entry] } })
    expect(everything.body.data?.customer).toMatchObject({
      touchpoints: { nodes: [{ type: 'page_view' }] },
      rfm: null,
      consents: { nodes: [] },
    })
    const child = seed.whole.platform.children.find((one) => one.name === 'analytics')!
    child.process.kill('SIGSTOP')
    const partial = await seed.ask(`query C($id: ID!) { customer(id: $id) { ${FIELDS} } }`, { id })
    child.process.kill('SIGCONT')
    expect(partial.body.data?.customer).toMatchObject({ id, touchpoints: { nodes: [{ type: 'page_view' }] }, consents: { nodes: [] } })
    expect(codes(partial)).toBe('UNAVAILABLE')
  })

  it('merged and split again is as it was in the tables of all five databases', async () => {
    const [a, b] = [await seed.meet(newId()), await seed.meet(newId())]
    // The history keeps the merge and its undoing; of an id that was merged away the version stays, so that a late event changes nothing.
    const dump = () => dumpRows(seed.whole, { except: MERGE_LOGS })
    await eventually(async () => expect(await isQuiet(seed.whole)).toBe(true))
    const before = await dump()
    const merge = await seed.ask(
      'mutation M($input: MergeCustomersInput!) { mergeCustomers(input: $input) { merge { id } survivor { id } } }',
      { input: { idempotencyKey: key(), survivorId: a.id, absorbedId: b.id, reason: 'test' } },
    )
    const mergeId = (merge.body.data as { mergeCustomers: { merge: { id: string } } } | undefined)?.mergeCustomers.merge.id
    await eventually(async () => expect(await isQuiet(seed.whole)).toBe(true))
    const merged = await seed.ask('query C($id: ID!) { customer(id: $id) { id profiles { nodes { id } } touchpoints { nodes { id } } } }', {
      id: b.id,
    })
    expect(merged.body.data?.customer).toMatchObject({ id: a.id })
    expect(merged.body.data?.customer).toMatchObject({ touchpoints: { nodes: [{}, {}] } })
    expect(await dump()).not.toEqual(before)
    await seed.ask('mutation U($input: UnmergeCustomersInput!) { unmergeCustomers(input: $input) { unmerge { id } } }', {
      input: { idempotencyKey: key(), mergeId, reason: 'test' },
    })
    await eventually(async () => expect(await isQuiet(seed.whole)).toBe(true))
    await eventually(async () => expect(await dump()).toEqual(before))
  })
})

// The last test: it ends the gateway.
it('a subscriber is notified when the gateway ends, in time to connect elsewhere', async () => {
  const ended: string[] = []
  const connected = Promise.withResolvers<void>()
  const client = createEventClient({
    on: { connected: () => connected.resolve() },
    url: `${seed.whole.client.endpoints.graphql}/stream`,
    headers: { authorization: `Bearer ${await seed.whole.client.token()}` },
    retryAttempts: 0,
  })
  client.subscribe(
    { query: 'subscription { segmentChanged { hasEntered } }' },
    { next: () => undefined, error: (error) => void ended.push(String(error)), complete: () => void ended.push('complete') },
  )
  await connected.promise
  expect(ended).toEqual([])
  await seed.whole.platform.children.find(({ name }) => name === 'gateway')!.stop()
  await eventually(() => expect(ended).toEqual(['complete']))
})
