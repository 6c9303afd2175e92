import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eventually } from '@renmai/platform/testing/eventually'
import { buildSchema, coerceInputValue, type GraphQLInputType, type GraphQLSchema, parse, validate } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, type Example, fillIn } from '../examples/example.ts'
import { EXAMPLES, withExamples } from '../examples/examples.ts'
import { ROOT } from '../stack/paths.ts'
import { key, wholeSeed } from './whole-seed.ts'

const seed = wholeSeed()
const sdl = readFileSync(`${ROOT}gateway/public.graphql`, 'utf8')
const schema: GraphQLSchema = buildSchema(sdl)
const mutations = schema.getMutationType()!.getFields()

/** Values by the names that stand for them in examples. */
const known: Record<string, string> = { purpose: 'newsletter' }
let target: Server
let partnerKey: string

type Payload = { userErrors: { code: string; message: string }[] } & Record<string, unknown>

beforeAll(async () => {
  target = createServer((_request, response) => response.writeHead(204).end()).listen(0, '127.0.0.1')
  await new Promise((done) => target.once('listening', done))
  known.url = `http://127.0.0.1:${(target.address() as AddressInfo).port}/renmai`
  const [one, other] = [await seed.meet('example-one'), await seed.meet('example-other')]
  Object.assign(known, { Customer: one.id, 'Customer.other': other.id, ChannelAccount: (await seed.createSource()).account.id })
  const find = 'query C($id: ID!) { customer(id: $id) { identifiers { identifierId profileId } } }'
  const { body } = await seed.ask(find, { id: one.id })
  const { identifierId, profileId } = (body.data as unknown as { customer: { identifiers: Record<string, string>[] } }).customer
    .identifiers[0]!
  Object.assign(known, { identifier: identifierId, Profile: profileId })
  known.ReviewCase = await openCase()
  const make = (mutation: string, input: object) =>
    seed.whole.client.query(
      `mutation M($input: ${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!) { ${mutation}(input: $input) { __typename } }`,
      { input: { idempotencyKey: key(), ...input } },
    )
  const notice = { consentLevel: 'GENERAL', noticeText: 'We write to you.', messageClass: 'COMMERCIAL', isRequired: false }
  await make('createPurpose', { key: known.purpose, name: 'News', ...notice })
  await make('createAttributeField', { key: 'birthday', label: 'Birthday', kind: 'DATE', sensitivity: 'NONE' })
  const rate = { base: 'EUR', quote: 'CNY', day: '2026-03-02', rate: '8' }
  await make('setExchangeRates', { source: 'bank', rates: [rate] })
  const { exchangeRates } = await seed.whole.client.query<{ exchangeRates: { nodes: { id: string }[] } }>(
    '{ exchangeRates { nodes { id } } }',
    {},
  )
  known.ExchangeRate = exchangeRates.nodes[0]!.id
  const { SCOPES } = (await import(`${ROOT}services/identity/src/staff/scopes.gen.ts`)) as { SCOPES: readonly string[] }
  partnerKey = (await seed.createClient([...SCOPES], 'PARTNER')).key
})
afterAll(() => void target.close())

/** Two people of different unionids who share a phone number: rules leave them to a person. */
async function openCase(): Promise<string> {
  const { account } = await seed.createSource()
  const events = ['first', 'second'].map((name) => ({
    messageId: `case-${name}`,
    type: 'page_view',
    occurredAt: new Date().toISOString(),
    identifiers: [
      { namespace: 'unionid@example', value: `union-${name}` },
      { namespace: 'phone', value: '13812340099', isVerified: true },
    ],
  }))
  const source = 'mutation I($input: IngestEventsInput!) { ingestEvents(input: $input) { accepted } }'
  await seed.whole.client.query(source, { input: { accountId: account.id, events } })
  return eventually(async () => {
    const { reviewCases } = await seed.whole.client.query<{ reviewCases: { nodes: { id: string }[] } }>(
      '{ reviewCases { nodes { id } } }',
      {},
    )
    expect(reviewCases.nodes).toHaveLength(1)
    return reviewCases.nodes[0]!.id
  })
}

const hasKey = (mutation: string) =>
  Object.hasOwn((mutations[mutation]!.args[0]!.type as unknown as { ofType: { getFields(): object } }).ofType.getFields(), 'idempotencyKey')

async function call(example: Example, input: object): Promise<Payload> {
  const headers = { authorization: `Bearer ${partnerKey}` }
  const document = { query: documentOf(example), variables: { input } }
  const { body } = await seed.post(document, headers, false, seed.whole.client.endpoints.publicGraphql)
  if (body.errors) throw new Error(JSON.stringify(body.errors))
  return (body.data as unknown as Record<string, Payload>)[example.mutation]!
}

function inputOf({ mutation, input }: Example): object {
  const filled = fillIn(input, (name) => known[name] ?? expect.unreachable(`No earlier example brings ${name}`)) as object
  return { ...(hasKey(mutation) ? { idempotencyKey: key() } : {}), ...filled }
}

/** A service may receive a moment later what another one has stored; every other failure is final. */
const isEarly = ({ userErrors }: Payload) => userErrors.some(({ code }) => code.endsWith('_NOT_FOUND'))

const at = (payload: Payload, path: string) =>
  path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], payload)

describe('the examples', () => {
  it('cover every mutation that partners have, and no other', () => {
    expect([...new Set(EXAMPLES.map(({ mutation }) => mutation))].sort()).toEqual(Object.keys(mutations).sort())
  })

  it('are on the pages with the values of their variables, which the schema accepts', () => {
    const shown = buildSchema(withExamples(sdl)).getMutationType()!.getFields()
    for (const { name, description, args } of Object.values(shown)) {
      const [, document, variables] = /```graphql\n([^]*?)\n```[^]*```json\n([^]*?)\n```/.exec(description ?? '') ?? []
      expect(validate(schema, parse(document ?? '')), name).toEqual([])
      expect(variables, name).not.toMatch(/"<\w/)
      coerceInputValue((JSON.parse(variables!) as { input: unknown }).input, args[0]!.type as GraphQLInputType, (_path, _value, error) => {
        throw new Error(`${name}: ${error.message}`)
      })
    }
  })

  it.each(EXAMPLES.map((example, at) => [`${at + 1}`, example.mutation, example] as const))(
    '%s: %s runs',
    async (_at, _mutation, example) => {
      const input = inputOf(example)
      let payload = await call(example, input)
      if (isEarly(payload)) {
        payload = await eventually(async () => {
          const found = await call(example, input)
          expect(isEarly(found)).toBe(false)
          return found
        })
      }
      expect(payload.userErrors.filter(({ code }) => code !== example.mayFailWith)).toEqual([])
      for (const [name, path] of Object.entries(example.brings ?? {})) known[name] = String(at(payload, path))
      if (payload.userErrors.length === 0) expect(Object.values(payload), JSON.stringify(payload)).not.toContain(null)
    },
  )
})
