import { composeServices } from '@apollo/composition'
import { create, type DescMethodUnary, fromBinary, type MessageInitShape, type MessageShape, toBinary } from '@bufbuild/protobuf'
import type { Answer } from '@renmai/platform/events/ask'
import { Admission } from '@renmai/platform/overload/admission'
import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import { parse } from 'graphql'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createBudget } from '../src/cost/budget.ts'
import { planOf } from '../src/cost/plan.ts'
import { createChooseDocument } from '../src/documents/choose-document.ts'
import type { AskSubgraph, SubgraphResult } from '../src/execution/step.ts'
import type { Serving } from '../src/http/serving.ts'
import { type ActFor, within } from '../src/on-behalf/act-for.ts'
import { answerBulk } from '../src/on-behalf/answer-bulk.ts'
import { answerSubscriptions } from '../src/on-behalf/answer-subscriptions.ts'
import { loadSupergraph } from '../src/supergraph/supergraph.ts'

const SDL = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@key", "@requiresScopes", "@composeDirective", "@listSize", "@cost"])
  @link(url: "https://specs.renmai.dev/events/v0.1", import: ["@event"])
  @composeDirective(name: "@event")
  directive @event(types: [String!]!, argument: String, fields: [String!], everyMs: Int, perViewer: Boolean) on FIELD_DEFINITION
  type Query {
    people(team: String, first: Int, after: String): PersonConnection
      @listSize(assumedSize: 20, slicingArguments: ["first"], sizedFields: ["nodes"], requireOneSlicingArgument: false)
    secrets(first: Int, after: String): PersonConnection @requiresScopes(scopes: [["secrets:read"]])
    person: Person
    all: [Person]
    fixed: PersonConnection
  }
  type PersonConnection { nodes: [Person!] pageInfo: PageInfo! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Person @key(fields: "id") {
    id: ID! name: String hidden: String @requiresScopes(scopes: [["secrets:read"]])
    dear: [Person] @cost(weight: 150) @listSize(assumedSize: 1)
  }
  type Subscription {
    changed(id: ID): Person @event(types: ["renmai.identity.v1.CustomerChanged"], argument: "id", fields: ["customerId"], everyMs: 100)
    secret: Person @event(types: ["renmai.identity.v1.CustomerChanged"]) @requiresScopes(scopes: [["secrets:read"]])
  }`

const log = createLog('test', 'silent')
export const partner = newId()
export const tenantId = newId()
export const clientId = newId()
const { checkSubscription, tellEvent, checkBulkQuery, readBulkPage } = GatewayService.method

/** Answers of the gateway on behalf of viewers, over one subgraph whose answers the test sets (`respond`). */
export function onBehalfSeed() {
  const state = {
    pressure: 0,
    /** Current scopes of the viewer. */
    scopes: [] as string[],
    isActive: true,
    respond: (_body: { variables: Record<string, unknown>; event?: object }): SubgraphResult => ({ data: null }),
    asked: [] as { query: string; variables: Record<string, unknown> }[],
  }
  const admission = new Admission({ readPressure: () => state.pressure })
  let answers: Answer[]

  beforeAll(async () => {
    const { supergraphSdl, errors } = composeServices([{ name: 'people', url: 'http://nowhere', typeDefs: parse(SDL) }])
    if (errors) throw errors[0]!
    const ask: AskSubgraph = async (_viewer, text) => {
      const body = JSON.parse(text)
      state.asked.push(body)
      return state.respond(body)
    }
    const supergraph = await loadSupergraph(supergraphSdl!, new Map([['people', ask]]), { nodes: {} })
    const serving: Serving = {
      path: '/graphql',
      isPublic: false,
      current: () => supergraph,
      authenticate: () => Promise.reject(new Error('no request is authenticated')),
      chooseDocument: createChooseDocument(async () => undefined, { staff: 'off', own: 'off', partner: 'enforce' }, log),
      admission,
      budget: createBudget({ add: () => Promise.reject(new Error('alone')) }),
      usage: { note: () => undefined, stop: () => undefined },
      log,
    }
    const actFor: ActFor = async (tenantId, kind, id, asked) => {
      if (!state.isActive) throw new AppError('FORBIDDEN', 'not active')
      return within({ kind, id, tenantId, scopes: new Set(state.scopes), plan: planOf(500), isPartner: id === partner }, asked)
    }
    answers = [...answerSubscriptions(() => serving, actFor), ...answerBulk(() => serving, actFor)]
  })
  afterAll(() => admission.stop())
  beforeEach(() => {
    ;[state.scopes, state.isActive, state.pressure] = [[], true, 0]
    state.asked.length = 0
  })

  async function ask<M extends DescMethodUnary>(method: M, request: MessageInitShape<M['input']>): Promise<MessageShape<M['output']>> {
    const one = answers.find(({ subject }) => subject.endsWith(`.${method.name}`))!
    return fromBinary(method.output, await one.reply(toBinary(method.input, create(method.input, request)))) as MessageShape<M['output']>
  }
  const check = (document: string, id = clientId) => ask(checkSubscription, { tenantId, clientId: id, document, scopes: state.scopes })
  const tell = (document: string) =>
    ask(tellEvent, {
      tenantId,
      clientId,
      document,
      event: JSON.stringify({ type: 'renmai.identity.v1.CustomerChanged', customerId: 'c' }),
      scopes: state.scopes,
    })
  const bulk = (document: string, after = '') =>
    ask(readBulkPage, { tenantId, viewerKind: 'CLIENT', viewerId: clientId, document, after, scopes: state.scopes })
  const checkBulk = (document: string, viewerId = clientId) =>
    ask(checkBulkQuery, { tenantId, viewerKind: 'CLIENT', viewerId, document, scopes: state.scopes })
  return Object.assign(state, { ask, check, tell, bulk, checkBulk })
}
