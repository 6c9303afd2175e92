import { composeServices } from '@apollo/composition'
import { create, toBinary } from '@bufbuild/protobuf'
import { type Bus, connectBus, subjectOf } from '@renmai/platform/events/bus'
import { Admission } from '@renmai/platform/overload/admission'
import { AppError } from '@renmai/platform/serve/errors'
import { writeGlobalId } from '@renmai/platform/serve/global-id'
import { createHttp, type Http } from '@renmai/platform/serve/http'
import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { eventually } from '@renmai/platform/testing/eventually'
import { makeFolder } from '@renmai/platform/testing/folder'
import { type Nats, startNats } from '@renmai/platform/testing/nats'
import { CustomerChangedSchema } from '@renmai/proto/identity/v1/events'
import { EnvelopeSchema } from '@renmai/proto/platform/v1/envelope'
import { parse } from 'graphql'
import { createClient as createEventClient } from 'graphql-sse'
import { createClient } from 'graphql-ws'
import { Agent, request } from 'undici'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Caller } from '../callers/authenticate.ts'
import { createBudget } from '../cost/budget.ts'
import { planOf } from '../cost/plan.ts'
import { createChooseDocument } from '../documents/choose-document.ts'
import type { AskSubgraph } from '../execution/step.ts'
import { serveGraphql } from '../http/serve-graphql.ts'
import { loadSupergraph } from '../supergraph/supergraph.ts'
import { hearFrom } from './hear.ts'
import { createListen } from './listen.ts'
import { createPlaces } from './places.ts'
import { createQueue } from './queue.ts'
import { acceptSockets, serveLive } from './serve-live.ts'

const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@key", "@requiresScopes", "@composeDirective"])
  @link(url: "https://specs.renmai.dev/events/v0.1", import: ["@event"])
  @composeDirective(name: "@event")
  directive @event(types: [String!]!, argument: String, fields: [String!], everyMs: Int, perViewer: Boolean) on FIELD_DEFINITION`
const EVENT = 'types: ["renmai.identity.v1.CustomerChanged"], argument: "id", fields: ["customerId"]'
const PEOPLE = `${LINK}
  type Query { people: [Person] }
  type Person @key(fields: "id") { id: ID! name: String }
  type Subscription {
    changed(id: ID): Person @event(${EVENT})
    seldom(id: ID): Person @event(${EVENT}, everyMs: 150)
    own: Person @event(types: ["renmai.identity.v1.CustomerChanged"], perViewer: true)
    secret: Person @event(types: ["renmai.identity.v1.CustomerChanged"]) @requiresScopes(scopes: [["secrets:read"]])
  }`
const SHOPS = `${LINK} type Query { shops: Int } type Person @key(fields: "id") { id: ID! orders: Int }`

const folder = makeFolder('live')
const [mine, theirs] = [newId(), newId()]
const asked: {
  subgraph: string
  viewer: string
  body: { event?: { customerId: string }; variables: { representations?: { id: string }[] } }
}[] = []
const ask =
  (subgraph: string): AskSubgraph =>
  async (viewer, text) => {
    const body = JSON.parse(text)
    asked.push({ subgraph, body, viewer: viewer.id })
    if (subgraph === 'shops') return { data: { _entities: body.variables.representations.map(() => ({ orders: 3 })) } }
    const id = body.event.customerId as string
    const field = ['changed', 'seldom', 'secret', 'own'].find((name) => body.query.includes(name))!
    if (id === broken)
      return { data: { [field]: null }, errors: [{ message: 'postgres://secret', path: [field], extensions: { code: 'XX000' } }] }
    return { data: { [field]: id === hidden ? null : { __typename: 'Person', id, name: `name ${id.slice(-4)}` } } }
  }
const [hidden, broken] = [newId(), newId()]

let [nats, bus, http, url]: [Nats, Bus, Http, string] = [] as never
let stopLive = () => {}
const admission = new Admission({ readPressure: () => 0 })
const revoked = new Set<string>()
const places = createPlaces(3, 100)

beforeAll(async () => {
  nats = await startNats({ folder: folder.path, logs: folder.path })
  const log = createLog('gateway', 'silent')
  bus = await connectBus({ NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' }, 'gateway', log)
  const services = Object.entries({ people: PEOPLE, shops: SHOPS }).map(([name, sdl]) => ({
    name,
    url: 'http://nowhere',
    typeDefs: parse(sdl),
  }))
  const { supergraphSdl, errors } = composeServices(services)
  if (errors) throw errors[0]!
  const supergraph = await loadSupergraph(
    supergraphSdl!,
    new Map([
      ['people', ask('people')],
      ['shops', ask('shops')],
    ]),
    { nodes: {} },
  )
  // A credential is `name tenant scope,scope`.
  const authenticate = async (header: string | undefined): Promise<Caller> => {
    const [id = '', tenantId = '', scopes = ''] = (header ?? '').replace('Bearer ', '').split('|')
    if (!tenantId || revoked.has(id)) throw new AppError('UNAUTHENTICATED', 'Who are you')
    if (id === 'unsure') throw new AppError('UNAVAILABLE', 'The identity provider does not answer')
    return { kind: 'STAFF', id, tenantId, scopes: new Set(scopes.split(',')), plan: planOf(1_000), isPartner: id === 'partner' }
  }
  const chooseDocument = createChooseDocument(async () => undefined, { staff: 'off', own: 'off', partner: 'off' }, log)
  const alone = { add: () => Promise.reject(new Error('there are no others')) }
  const serving = {
    path: '/graphql',
    isPublic: false,
    current: () => supergraph,
    authenticate,
    chooseDocument,
    admission,
    budget: createBudget(alone),
    usage: { note: () => undefined, stop: () => undefined },
    log,
  }
  const { listen, stop } = createListen(hearFrom(bus), admission, log)
  stopLive = stop
  http = createHttp({ log })
  await acceptSockets(http)
  serveGraphql(http, serving)
  serveLive(http, serving, { listen, places, recheckMs: 100 })
  url = `${await http.listen({ host: '127.0.0.1', port: 0 })}/graphql/stream`
})
afterAll(async () => {
  admission.stop()
  await http.close()
  await bus.nats.close()
  await nats.stop()
  folder.remove()
})
afterEach(() => {
  stopLive()
  asked.length = 0
})

function tell(customerId: string, tenantId = mine): void {
  const payload = toBinary(CustomerChangedSchema, create(CustomerChangedSchema, { tenantId, customerId }))
  const envelope = toBinary(EnvelopeSchema, create(EnvelopeSchema, { events: [{ id: newId(), payload }] }))
  bus.nats.publish(subjectOf(CustomerChangedSchema.typeName, 'identity', tenantId), envelope)
}

type Told = { data?: Record<string, unknown> | null; errors?: readonly { message: string; extensions?: { code?: string } }[] }
type Listening = { told: Told[]; ended: unknown[]; stop: () => void }

const overEvents = (query: string, credential: string, variables = {}): Listening => {
  const client = createEventClient({ url, headers: { authorization: `Bearer ${credential}` }, retryAttempts: 0 })
  return collect((sink) => client.subscribe({ query, variables }, sink))
}
const overSocket = (query: string, credential: string, variables = {}): Listening => {
  const client = createClient({ url: url.replace('http', 'ws'), connectionParams: { authorization: credential }, retryAttempts: 0 })
  const listening = collect((sink) => client.subscribe({ query, variables }, sink))
  return { ...listening, stop: () => (listening.stop(), void client.dispose()) }
}
function collect(
  subscribe: (sink: { next: (value: unknown) => void; error: (error: unknown) => void; complete: () => void }) => () => void,
): Listening {
  const [told, ended]: [Told[], unknown[]] = [[], []]
  const stop = subscribe({
    next: (value) => void told.push(value as Told),
    error: (error) => void ended.push(error),
    complete: () => void ended.push('complete'),
  })
  return { told, ended, stop }
}
/** Tells of somebody until it has come everywhere: a subscription begins some time after it was sent. */
async function untilTold(listening: readonly Listening[], customerId: string): Promise<void> {
  await eventually(() => {
    tell(customerId)
    for (const { told } of listening) expect(told.length).toBeGreaterThan(0)
  })
}

describe.each([
  ['server-sent events', overEvents],
  ['a WebSocket', overSocket],
] as const)('over %s a listener', (_how, over) => {
  it('is told of what changes in their tenant, with what other services know of it', async () => {
    const [id, other] = [newId(), newId()]
    const listening = over('subscription { changed { id name orders } }', `a|${mine}|x`)
    await untilTold([listening], id)
    const person = { id: writeGlobalId('Person', id), name: `name ${id.slice(-4)}`, orders: 3 }
    expect(listening.told[0]).toEqual({ data: { changed: person } })
    const foreign = newId()
    tell(foreign, theirs)
    tell(hidden)
    tell(other)
    await eventually(() => expect(listening.told.at(-1)?.data?.changed).toMatchObject({ id: writeGlobalId('Person', other) }))
    expect(JSON.stringify(listening.told)).not.toContain(writeGlobalId('Person', foreign))
    expect(listening.told.map(({ data }) => data!.changed)).not.toContain(null)
    listening.stop()
  })

  it('is told that something went wrong, and not what', async () => {
    const listening = over('subscription { changed { id } }', `a|${mine}|x`)
    await untilTold([listening], broken)
    const [{ errors, data }] = listening.told as [Told]
    expect(data).toEqual({ changed: null })
    expect(errors).toMatchObject([{ message: 'Something went wrong on our side', extensions: { code: 'INTERNAL' } }])
    listening.stop()
  })

  it('who asks for one thing is told of it only', async () => {
    const [id, other] = [newId(), newId()]
    const listening = over('subscription ($id: ID) { changed(id: $id) { id } }', `a|${mine}|x`, { id: writeGlobalId('Person', id) })
    await untilTold([listening], id)
    for (let no = 0; no < 5; no++) tell(other)
    tell(id)
    const before = listening.told.length
    await eventually(() => expect(listening.told.length).toBeGreaterThan(before))
    expect(new Set(listening.told.map(({ data }) => (data!.changed as { id: string }).id))).toEqual(new Set([writeGlobalId('Person', id)]))
    listening.stop()
  })

  it('is refused what they may not have, what is no subscription and what is not valid', async () => {
    const refused = async (query: string, code: string) => {
      const listening = over(query, `a|${mine}|x`)
      await eventually(() => expect(listening.ended).toHaveLength(1))
      const said = JSON.stringify(listening.ended[0])
      expect(listening.told).toEqual([])
      if (over === overSocket) expect(said).toContain(code)
      listening.stop()
    }
    await refused('subscription { secret { id } }', 'UNAUTHORIZED_FIELD_OR_TYPE')
    await refused('{ people { id } }', 'Only subscriptions are answered here')
    await refused('subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED')
    const allowed = over('subscription { secret { id } }', `a|${mine}|secrets:read`)
    await untilTold([allowed], newId())
    allowed.stop()
  })

  it('without a good credential is not heard, and is told nothing more once it is taken away', async () => {
    const nobody = over('subscription { changed { id } }', 'nobody')
    await eventually(() => expect(nobody.ended).toHaveLength(1))
    const name = `leaving-${over.name}`
    const listening = over('subscription { changed { id } }', `${name}|${mine}|x`)
    await untilTold([listening], newId())
    revoked.add(name)
    await eventually(() => expect(listening.ended).toHaveLength(1))
    const before = listening.told.length
    tell(newId())
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(listening.told).toHaveLength(before)
  })

  it('has so many connections and no more', async () => {
    const busy = `busy-${over.name}|${mine}|x`
    const three = [1, 2, 3].map(() => over('subscription { changed { id } }', busy))
    await untilTold(three, newId())
    const fourth = over('subscription { changed { id } }', busy)
    await eventually(() => expect(fourth.ended).toHaveLength(1))
    three[0]!.stop()
    await eventually(async () => {
      const again = over('subscription { changed { id } }', busy)
      await new Promise((resolve) => setTimeout(resolve, 100))
      const { ended } = again
      again.stop()
      expect(ended).toHaveLength(0)
    })
    for (const one of three) one.stop()
  })

  it('is ended when this gateway ends', async () => {
    const listening = over('subscription { changed { id } }', `a|${mine}|x`)
    await untilTold([listening], newId())
    stopLive()
    await eventually(() => expect(listening.ended).toEqual(['complete']))
    listening.stop()
  })
})

describe('listeners', () => {
  it('who may see the same and ask for the same are one question for each event', async () => {
    const query = 'subscription { changed { id orders } }'
    const same = [overSocket(query, `s1|${mine}|x`), overSocket(query, `s2|${mine}|x`), overEvents(query, `s3|${mine}|x`)]
    await untilTold(same, newId())
    const id = newId()
    asked.length = 0
    tell(id)
    await eventually(() => expect(same.every(({ told }) => JSON.stringify(told.at(-1)).includes(writeGlobalId('Person', id)))).toBe(true))
    const about = asked.filter(({ body }) => body.event?.customerId === id || body.variables.representations?.[0]?.id === id)
    expect(about.map(({ subgraph }) => subgraph)).toEqual(['people', 'shops'])
    for (const one of same) one.stop()
  })

  it('with other scopes are other questions', async () => {
    const query = 'subscription { changed { id } }'
    const both = [overSocket(query, `s1|${mine}|x`), overSocket(query, `s1|${mine}|x,y`)]
    await untilTold(both, newId())
    const id = newId()
    tell(id)
    await eventually(() => expect(asked.filter(({ body }) => body.event?.customerId === id)).toHaveLength(2))
    for (const one of both) one.stop()
  })

  it('of what is each one’s own are other questions', async () => {
    const query = 'subscription { own { id } }'
    const both = [overSocket(query, `s1|${mine}|x`), overSocket(query, `s2|${mine}|x`)]
    await untilTold(both, newId())
    const id = newId()
    tell(id)
    await eventually(() =>
      expect(
        asked
          .filter(({ body }) => body.event?.customerId === id)
          .map(({ viewer }) => viewer)
          .toSorted(),
      ).toEqual(['s1', 's2']),
    )
    for (const one of both) one.stop()
  })

  it('of what changes often are told of the last of several changes', async () => {
    const listening = overSocket('subscription { seldom { id } }', `o|${mine}|x`)
    const [id, other] = [newId(), newId()]
    await untilTold([listening], id)
    await new Promise((resolve) => setTimeout(resolve, 400))
    listening.told.length = 0
    for (let no = 0; no < 20; no++) tell(no % 2 ? id : other)
    await new Promise((resolve) => setTimeout(resolve, 500))
    // Two, unless the machine was so busy that they fell into several spans.
    expect(listening.told.length).toBeLessThanOrEqual(6)
    expect(new Set(listening.told.map(({ data }) => (data!.seldom as { id: string }).id)).size).toBe(2)
    listening.stop()
  })

  it('over WebSockets are closed with a code that tells whether to come back', async () => {
    const codeFor = async (authorization: string) => {
      const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws')
      socket.onopen = () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }))
      return new Promise<number>((resolve) => (socket.onclose = ({ code }) => resolve(code)))
    }
    expect(await codeFor('nobody')).toBe(4401)
    expect(await codeFor(`partner|${mine}|x`)).toBe(4403)
    expect(await codeFor(`unsure|${mine}|x`)).toBe(1013)
  })

  it('over server-sent events are refused with a status', async () => {
    const statusOf = async (query: string, credential: string, method = 'POST') => {
      const headers = { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${credential}` }
      const target = method === 'GET' ? `${url}?${new URLSearchParams({ query })}` : url
      const answer = await fetch(target, { method, headers, ...(method === 'GET' ? {} : { body: JSON.stringify({ query }) }) })
      const { errors } = (await answer.json()) as { errors: { extensions: { code: string } }[] }
      return [answer.status, errors[0]!.extensions.code]
    }
    expect(await statusOf('subscription { nothing }', `a|${mine}|x`)).toEqual([400, 'GRAPHQL_VALIDATION_FAILED'])
    expect(await statusOf('{ people { id } }', `a|${mine}|x`, 'GET')).toEqual([400, 'BAD_USER_INPUT'])
    expect(await statusOf('subscription { secret { id } }', `a|${mine}|x`)).toEqual([400, 'UNAUTHORIZED_FIELD_OR_TYPE'])
    expect(await statusOf('subscription { changed { id } }', 'nobody')).toEqual([401, 'UNAUTHENTICATED'])
  })

  it('over server-sent events give their place back when they end, on a connection that stays', async () => {
    const agent = new Agent({ connections: 1, pipelining: 1 })
    const once = async () => {
      const { body } = await request(url, {
        dispatcher: agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer again|${mine}|x` },
        body: JSON.stringify({ query: 'subscription { changed { id } }' }),
      })
      setTimeout(stopLive, 50)
      return body.text()
    }
    for (let no = 0; no < 4; no++) expect(await once()).toContain('event: complete')
    await agent.close()
  })

  it('do not subscribe by POST', async () => {
    const answer = await fetch(url.replace('/stream', ''), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer a|${mine}|x` },
      body: JSON.stringify({ query: 'subscription { changed { id } }' }),
    })
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('/graphql/stream')])
  })
})

describe('a queue', () => {
  it('gives what is pushed, and tells who takes it too slowly', async () => {
    const onEnd = vi.fn()
    const { push, values } = createQueue<number>(onEnd)
    for (let no = 0; no < 101; no++) push(no)
    for (let no = 0; no < 100; no++) expect(await values.next()).toEqual({ done: false, value: no })
    await expect(values.next()).rejects.toMatchObject({ extensions: { code: 'TOO_SLOW' } })
    expect(onEnd).toHaveBeenCalledTimes(1)
  })

  it('ends while somebody waits', async () => {
    const onEnd = vi.fn()
    const { push, values } = createQueue<number>(onEnd)
    const waiting = values.next()
    await values.return()
    expect(await waiting).toEqual({ done: true, value: undefined })
    push(1)
    await values.return()
    expect(onEnd).toHaveBeenCalledTimes(1)
  })
})
