import { composeServices } from '@apollo/composition'
import { create, type DescMethodUnary, fromBinary, type MessageInitShape, type MessageShape, toBinary } from '@bufbuild/protobuf'
import type { Answer } from '@renmai/platform/events/ask'
import { Admission } from '@renmai/platform/overload/admission'
import { AppError } from '@renmai/platform/serve/errors'
import { writeGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import { parse } from 'graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createBudget } from '../cost/budget.ts'
import { planOf } from '../cost/plan.ts'
import { createChooseDocument } from '../documents/choose-document.ts'
import type { AskSubgraph, SubgraphResult } from '../execution/step.ts'
import type { Serving } from '../http/serve-graphql.ts'
import { loadSupergraph } from '../supergraph/supergraph.ts'
import { type ActFor, within } from './act-for.ts'
import { answerBulk } from './answer-bulk.ts'
import { answerSubscriptions } from './answer-subscriptions.ts'

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
let pressure = 0
const admission = new Admission({ readPressure: () => pressure })
let scopes: string[]
let isActive: boolean
let respond: (body: { variables: Record<string, unknown>; event?: object }) => SubgraphResult
const asked: { query: string; variables: Record<string, unknown> }[] = []
let answers: Answer[]

beforeAll(async () => {
  const { supergraphSdl, errors } = composeServices([{ name: 'people', url: 'http://nowhere', typeDefs: parse(SDL) }])
  if (errors) throw errors[0]!
  const ask: AskSubgraph = async (_viewer, text) => {
    const body = JSON.parse(text)
    asked.push(body)
    return respond(body)
  }
  const supergraph = await loadSupergraph(supergraphSdl!, new Map([['people', ask]]), { nodes: {} })
  const serving: Serving = {
    path: '/graphql',
    isPublic: false,
    current: () => supergraph,
    authenticate: () => Promise.reject(new Error('nobody asks')),
    chooseDocument: createChooseDocument(async () => undefined, { staff: 'off', own: 'off', partner: 'enforce' }, log),
    admission,
    budget: createBudget({ add: () => Promise.reject(new Error('alone')) }),
    usage: { note: () => undefined, stop: () => undefined },
    log,
  }
  const actFor: ActFor = async (tenantId, kind, id, asked) => {
    if (!isActive) throw new AppError('FORBIDDEN', 'not active')
    return within({ kind, id, tenantId, scopes: new Set(scopes), plan: planOf(500), isPartner: id === partner }, asked)
  }
  answers = [...answerSubscriptions(() => serving, actFor), ...answerBulk(() => serving, actFor)]
})
afterAll(() => admission.stop())
const partner = newId()
beforeEach(() => {
  ;[scopes, isActive, pressure] = [[], true, 0]
  asked.length = 0
})

async function ask<M extends DescMethodUnary>(method: M, request: MessageInitShape<M['input']>): Promise<MessageShape<M['output']>> {
  const one = answers.find(({ subject }) => subject.endsWith(`.${method.name}`))!
  return fromBinary(method.output, await one.reply(toBinary(method.input, create(method.input, request)))) as MessageShape<M['output']>
}
const { checkSubscription, tellEvent, checkBulkQuery, readBulkPage } = GatewayService.method
const tenantId = newId()
const clientId = newId()
const check = (document: string, id = clientId) => ask(checkSubscription, { tenantId, clientId: id, document, scopes })
const tell = (document: string) =>
  ask(tellEvent, {
    tenantId,
    clientId,
    document,
    event: JSON.stringify({ type: 'renmai.identity.v1.CustomerChanged', customerId: 'c' }),
    scopes,
  })
const bulk = (document: string, after = '') =>
  ask(readBulkPage, { tenantId, viewerKind: 'CLIENT', viewerId: clientId, document, after, scopes })
const checkBulk = (document: string, viewerId = clientId) =>
  ask(checkBulkQuery, { tenantId, viewerKind: 'CLIENT', viewerId, document, scopes })

describe('a subscription by webhook', () => {
  it('is what feeds it, and what of it', async () => {
    const id = newId()
    const fed = { field: 'changed', types: ['renmai.identity.v1.CustomerChanged'], fields: ['customerId'], everyMs: 100 }
    expect(await check('subscription { changed { id } }')).toMatchObject({ ...fed, value: '' })
    expect(await check(`subscription { changed(id: "${writeGlobalId('Person', id)}") { id } }`)).toMatchObject({ ...fed, value: id })
  })

  it.each([
    ['a query', '{ person { id } }', 'INVALID'],
    ['nonsense', 'subscription {', 'INVALID'],
    ['an unknown field', 'subscription { changed { nothing } }', 'INVALID'],
    ['a variable without a value', 'subscription ($id: ID!) { changed(id: $id) { id } }', 'INVALID'],
    ['what its client may not have', 'subscription { secret { id } }', 'FORBIDDEN'],
  ])('is refused where it is %s', async (_what, document, code) => {
    await expect(check(document)).rejects.toMatchObject({ code, message: expect.stringContaining(code === 'FORBIDDEN' ? 'document' : '') })
  })

  it('is refused to who is not active, and to partners who did not publish it where they have to', async () => {
    await expect(check('subscription { changed { id } }', partner)).rejects.toMatchObject({ code: 'INVALID' })
    await expect(checkBulk('{ people { nodes { id } } }', partner)).rejects.toMatchObject({ code: 'INVALID' })
    isActive = false
    await expect(check('subscription { changed { id } }')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(tell('subscription { changed { id } }')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(bulk('{ people { nodes { id } } }')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('tells what its client may have, nothing where there is nothing, and never a half that would be whole later', async () => {
    const document = 'subscription { changed { name hidden } }'
    respond = () => ({ data: { changed: { name: 'Li' } } })
    expect(JSON.parse((await tell(document)).result)).toMatchObject({
      data: { changed: { name: 'Li', hidden: null } },
      errors: [{ path: ['changed', 'hidden'] }],
    })
    respond = () => ({ data: { changed: null } })
    expect((await tell('subscription { changed { name } }')).result).toBe('')
    respond = () => ({ data: { changed: null }, errors: [{ message: 'x', path: ['changed'], extensions: { code: 'TIMEOUT' } }] })
    await expect(tell('subscription { changed { name } }')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    respond = () => ({ data: { changed: { name: 'x'.repeat(300_000) } } })
    await expect(tell('subscription { changed { name } }')).rejects.toMatchObject({ code: 'INVALID' })
    await expect(tell('subscription { secret { name } }')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('what is answered later', () => {
  it('has no scope that it was not asked for with, and none that was lost since', async () => {
    scopes = ['secrets:read', 'people:read']
    const document = 'subscription { changed { name hidden } }'
    respond = () => ({ data: { changed: { name: 'Li', hidden: 'more' } } })
    const event = JSON.stringify({ type: 'renmai.identity.v1.CustomerChanged', customerId: 'c' })
    const told = async (asked: string[]) =>
      JSON.parse((await ask(tellEvent, { tenantId, clientId, document, event, scopes: asked })).result).data.changed.hidden
    expect(await told(['people:read'])).toBeNull()
    expect(await told(['secrets:read'])).toBe('more')
    expect(await told([])).toBeNull()
    const query = { tenantId, viewerKind: 'CLIENT', viewerId: clientId, document: '{ secrets { nodes { id } } }', scopes: ['people:read'] }
    await expect(ask(checkBulkQuery, query)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(ask(readBulkPage, query)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    scopes = []
    expect(await told(['secrets:read'])).toBeNull()
  })
})

describe('a bulk query', () => {
  const page = (names: string[], next?: string): SubgraphResult => ({
    data: {
      bulkPage: {
        nodes: names.map((name) => ({ __typename: 'Person', id: newId(), name })),
        pageInfo: { hasNextPage: !!next, endCursor: next ?? null },
      },
    },
  })

  it('is read page by page, with its own arguments and fragments, a line for each node', async () => {
    const document = 'query Mine { people(team: "blue") { nodes { ...P } } } fragment P on Person { name id }'
    respond = () => page(['Li', '王\n芳'], 'cursor-1')
    const { lines, nodes, next } = await bulk(document)
    expect(
      lines
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { name: 'Li', id: expect.any(String) },
      { name: '王\n芳', id: expect.any(String) },
    ])
    expect(Object.keys(JSON.parse(lines.split('\n')[0]!))).toEqual(['name', 'id'])
    expect([nodes, next]).toEqual([2, 'cursor-1'])
    expect(asked[0]!.query).toContain('team:"blue"')
    expect(asked[0]!.variables).toEqual({ bulkFirst: 100, bulkAfter: null })
    respond = () => page([])
    expect(await bulk(document, 'cursor-1')).toMatchObject({ lines: '', nodes: 0, next: '' })
    expect(asked[1]!.variables).toEqual({ bulkFirst: 100, bulkAfter: 'cursor-1' })
  })

  it('is read in shorter pages where long ones cost or weigh too much', async () => {
    respond = () => page([])
    await bulk('{ people { nodes { dear { id } } } }')
    expect(asked[0]!.variables.bulkFirst).toBe(50)
    asked.length = 0
    respond = ({ variables }) => page(Array.from({ length: variables.bulkFirst as number }, () => 'x'.repeat(40_000)))
    expect(await bulk('{ people { nodes { name } } }')).toMatchObject({ nodes: 20 })
    expect(asked.map(({ variables }) => variables.bulkFirst)).toEqual([100, 50, 20])
    respond = () => page(['x'.repeat(2_000_000)])
    await expect(bulk('{ people { nodes { name } } }')).rejects.toMatchObject({ code: 'INVALID' })
  })

  it.each([
    ['a mutation', 'mutation { x }', 'must be one query'],
    ['two queries', 'query A { people { nodes { id } } } query B { people { nodes { id } } }', 'must be one query'],
    ['two lists', '{ people { nodes { id } } more: people { nodes { id } } }', 'select one list'],
    ['one thing', '{ person { id } }', 'person is no list with pages'],
    ['a list without pages', '{ all { id } }', 'all is no list with pages'],
    ['a page that does not go on', '{ fixed { nodes { id } } }', 'fixed is no list with pages'],
    ['its own page', '{ people(first: 3) { nodes { id } } }', 'leave out first and after'],
    ['more of the list', '{ people { nodes { id } pageInfo { endCursor } } }', 'select nodes of the list'],
    ['nothing of the list', '{ people { pageInfo { endCursor } } }', 'select nodes of the list'],
    ['a list in a fragment', '{ ...Q } fragment Q on Query { people { nodes { id } } }', 'select one list'],
    ['a list left out at times', '{ people @skip(if: false) { nodes { id } } }', 'select one list'],
    ['variables', 'query ($t: String) { people(team: $t) { nodes { id } } }', 'variables are not taken'],
    ['an unknown field', '{ people { nodes { nothing } } }', 'Cannot query field'],
    ['nonsense', '{', 'Syntax Error'],
  ])('is refused where it is %s', async (_what, document, reason) => {
    await expect(checkBulk(document)).rejects.toMatchObject({ code: 'INVALID', message: expect.stringContaining(reason) })
    expect(asked).toEqual([])
  })

  it('is refused, and ends, where its viewer may not have a part of it: a file that lacks something says nothing', async () => {
    await expect(checkBulk('{ secrets { nodes { id } } }')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    respond = () => page(['Li'])
    await expect(bulk('{ people { nodes { name hidden } } }')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    scopes = ['secrets:read']
    expect((await bulk('{ people { nodes { name hidden } } }')).nodes).toBe(1)
    // What nobody meant to say may pass too.
    respond = () => ({ data: null, errors: [{ message: 'x', path: ['bulkPage'], extensions: { code: 'XX000' } }] })
    await expect(bulk('{ people { nodes { name } } }')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('makes way where there is much to do', async () => {
    respond = () => page([])
    pressure = 0.6
    await expect(
      (async () => {
        for (let no = 0; no < 20; no++) {
          await bulk('{ people { nodes { id } } }')
          await new Promise((done) => setTimeout(done, 100))
        }
      })(),
    ).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})
