import { composeServices } from '@apollo/composition'
import { create, toBinary } from '@bufbuild/protobuf'
import { type Bus, connectBus, subjectOf } from '@renmai/platform/events/bus'
import { Admission } from '@renmai/platform/overload/admission'
import { AppError } from '@renmai/platform/serve/errors'
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
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { Caller } from '../src/callers/authenticate.ts'
import { createBudget } from '../src/cost/budget.ts'
import { planOf } from '../src/cost/plan.ts'
import { createChooseDocument } from '../src/documents/choose-document.ts'
import type { AskSubgraph } from '../src/execution/step.ts'
import { serveGraphql } from '../src/http/serve-graphql.ts'
import { hearFrom } from '../src/subscriptions/hear.ts'
import { createListen } from '../src/subscriptions/listen.ts'
import { createPlaces } from '../src/subscriptions/places.ts'
import { acceptSockets, serveLive } from '../src/subscriptions/serve-live.ts'
import { loadSupergraph } from '../src/supergraph/supergraph.ts'

const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@key", "@requiresScopes", "@composeDirective"])
  @link(url: "https://specs.renmai.dev/events/v0.1", import: ["@event"])
  @composeDirective(name: "@event")
  directive @event(types: [String!]!, argument: String, fields: [String!], everyMs: Int, perViewer: Boolean) on FIELD_DEFINITION`
const EVENT = 'types: ["renmai.identity.v1.CustomerChanged"], argument: "id", fields: ["customerId"]'
const PEOPLE = `${LINK}
  enum Mood { GOOD BAD }
  type Query { people: [Person!] mood: Mood! secrets: Int @requiresScopes(scopes: [["secrets:read"]]) }
  type Mutation { rename(id: ID!, name: String!): Person }
  type Person @key(fields: "id") { id: ID! name: String }
  type Subscription {
    changed(id: ID): Person @event(${EVENT})
    seldom(id: ID): Person @event(${EVENT}, everyMs: 150)
    own: Person @event(types: ["renmai.identity.v1.CustomerChanged"], perViewer: true)
    secret: Person @event(types: ["renmai.identity.v1.CustomerChanged"]) @requiresScopes(scopes: [["secrets:read"]])
  }`
const SHOPS = `${LINK} type Query { shops: Int } type Person @key(fields: "id") { id: ID! orders: Int }`

/** Two tenants. */
export const [mine, theirs] = [newId(), newId()]
/** Two customers: no viewer may see the first, and a subgraph fails for the second. */
export const [hidden, broken] = [newId(), newId()]

/** The answer of people to a query or a mutation. The mood is a value that the schema does not have. */
function answerOnce({ query, variables }: { query: string; variables: Record<string, unknown> }) {
  const person = { __typename: 'Person', id: theirs, name: 'Li' }
  if (query.includes('mood')) return { data: { mood: 'FAIR' } }
  if (query.startsWith('mutation')) return { data: { rename: { ...person, name: Object.values(variables).at(-1) ?? 'Wu' } } }
  return { data: { people: [person] } }
}

export type Told = { data?: Record<string, unknown> | null; errors?: readonly { message: string; extensions?: { code?: string } }[] }
export type Listening = { told: Told[]; ended: unknown[]; stop: () => void }

/** A gateway for one test file that serves live views over both transports; `name|tenant|scope,scope` is a credential. */
export function liveSeed() {
  const folder = makeFolder('live')
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
      if (!body.event) return answerOnce(body)
      const id = body.event.customerId as string
      const field = ['changed', 'seldom', 'secret', 'own'].find((name) => body.query.includes(name))!
      if (id === broken)
        return { data: { [field]: null }, errors: [{ message: 'postgres://secret', path: [field], extensions: { code: 'XX000' } }] }
      return { data: { [field]: id === hidden ? null : { __typename: 'Person', id, name: `name ${id.slice(-4)}` } } }
    }

  let [nats, bus, http, url]: [Nats, Bus, Http, string] = [] as never
  let stopLive = () => undefined as void
  const admission = new Admission({ readPressure: () => 0 })
  const revoked = new Set<string>()
  const places = createPlaces(3, 100)
  const budget = createBudget({ add: () => Promise.reject(new Error('there are no others')) })
  const plan = planOf(1_000)
  const NONE = { capacity: 0, restorePerSecond: 1 }

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
      return {
        kind: 'STAFF',
        id,
        tenantId,
        scopes: new Set(scopes.split(',')),
        plan: id === 'poor' ? NONE : plan,
        isPartner: id === 'partner',
      }
    }
    const chooseDocument = createChooseDocument(async () => undefined, { staff: 'off', own: 'off', partner: 'off' }, log)
    const serving = {
      path: '/graphql',
      isPublic: false,
      current: () => supergraph,
      authenticate,
      chooseDocument,
      admission,
      budget,
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

  /** Publishes a change of identity. */
  function publish(customerId: string, tenantId = mine): void {
    const payload = toBinary(CustomerChangedSchema, create(CustomerChangedSchema, { tenantId, customerId }))
    const envelope = toBinary(EnvelopeSchema, create(EnvelopeSchema, { events: [{ id: newId(), payload }] }))
    bus.nats.publish(subjectOf(CustomerChangedSchema.typeName, 'identity', tenantId), envelope)
  }

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
  /** Publishes a change until all listeners received it: a subscription begins some time after it was sent. */
  async function untilTold(listening: readonly Listening[], customerId: string): Promise<void> {
    await eventually(() => {
      publish(customerId)
      for (const { told } of listening) expect(told.length).toBeGreaterThan(0)
    })
  }
  /** The points that a caller has left. */
  const left = (name: string) => budget.look(`${mine}.${name}`, plan).currentlyAvailable
  const state = {
    left,
    asked,
    revoked,
    places,
    get url() {
      return url
    },
    get stopLive() {
      return stopLive
    },
    get http() {
      return http
    },
  }
  return Object.assign(state, { publish, overEvents, overSocket, untilTold })
}
