import { readFileSync } from 'node:fs'
import { readGlobalId, writeGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { buildASTSchema, isInterfaceType, OperationTypeNode, parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../../stack/paths.ts'
import { type OwnIssuer, startOwnIssuer } from '../bad-input/credential-rows.ts'
import { type Answered, call } from '../bad-input/row.ts'
import { dumpRows, isQuiet } from '../rows.ts'
import { startWhole, type Whole } from '../whole.ts'
import type { World } from './maker.ts'
import { fill } from './walk/fill.ts'
import { documentOf } from './walk/operation.ts'
import { type Place, placesBelow, placesOf, titleOf, typesAt } from './walk/places.ts'
import { type Ask, createWorld } from './world.ts'

const supergraph = readFileSync(`${ROOT}gateway/supergraph.graphql`, 'utf8')
const schema = buildASTSchema(parse(supergraph), { assumeValid: true, assumeValidSDL: true })
const places = placesOf(schema)

/** Tables that the platform writes for an idle tenant. */
const RUNNING = ['work', 'audit_checkpoints', 'webhook_deliveries', 'decisions']

type Tenant = { tenantId: string; ask: Ask; world: World }
let whole: Whole
let issuer: OwnIssuer
let attacker: Tenant
let victim: Tenant
let before: Record<string, string[]>

/** A tenant with an owner who signs in, since some fields are for staff only. */
async function addTenant(): Promise<Tenant> {
  const [tenantId, sub] = [newId(), newId()]
  await whole.platform.command('identity', 'create-tenant', tenantId, 'another', 'Asia/Shanghai', 'CNY', sub)
  const ask: Ask = (query, variables = {}) =>
    call(issuer.graphql, {
      headers: { 'content-type': 'application/json', authorization: `Bearer ${issuer.token({ tid: tenantId, sub })}` },
      body: JSON.stringify({ query, variables }),
    })
  return { tenantId, ask, world: await createWorld(whole, ask) }
}

const settle = () => eventually(async () => expect(await isQuiet(whole)).toBe(true))
const dumpVictim = () => dumpRows(whole, { except: RUNNING, tenantId: victim.tenantId })

beforeAll(async () => {
  whole = await startWhole()
  issuer = await startOwnIssuer(whole)
  ;[attacker, victim] = await Promise.all([addTenant(), addTenant()])
  await settle()
  before = await dumpVictim()
})
afterAll(async () => {
  await issuer?.stop()
  await whole.stop()
})

async function attack(place: Place, value: string): Promise<Answered> {
  const variables = fill({ place, value, own: attacker.world })
  const above = place.below && `customer(id: "${attacker.world.ids[place.below]}")`
  return attacker.ask(documentOf(schema, place, variables, above), variables)
}

/** Parts of an answer that must not depend on the owner of the name: the status, each error, and whether there is data. */
function gistOf({ status, text }: Answered, value: string): unknown {
  const { data, errors } = JSON.parse(text) as {
    data?: Record<string, unknown> | null
    errors?: { message: string; extensions: { code: string } }[]
  }
  const plain = readGlobalId(value)?.id ?? value
  const isIt = (word: string) => readGlobalId(word)?.id === plain
  // A plain id may come back as a typed one.
  const clean = (message: string) =>
    message
      .replaceAll(value, '<name>')
      .replaceAll(plain, '<name>')
      .replaceAll(/[\w-]{20,}/g, (word) => (isIt(word) ? '<name>' : word))
  const told = errors?.map(({ message, extensions: { code } }) => ({ code, message: clean(message) }))
  const shapeOf = (one: unknown): unknown =>
    one === null || typeof one !== 'object' || Array.isArray(one)
      ? one === null
      : Object.entries(one).map(([name, inner]) => [name, inner === null])
  return { status, told, has: Object.entries(data ?? {}).map(([name, one]) => [name, shapeOf(one)]) }
}

/** All names of the victim's objects; no answer may hold one that was not sent. */
function secretsOf({ world }: Tenant): string[] {
  const ids = Object.values(world.ids)
  return [...ids, ...ids.map((id) => readGlobalId(id)?.id ?? id), ...Object.values(world.texts)]
}

function expectNothingOf(victimized: Tenant, { text }: Answered, sent: string): void {
  const { data } = JSON.parse(text) as { data?: unknown }
  const said = JSON.stringify(data ?? null)
  const plain = (id: string) => readGlobalId(id)?.id ?? id
  const isEcho = (secret: string) => sent.includes(secret) || plain(secret) === plain(sent)
  for (const secret of secretsOf(victimized).filter((one) => !isEcho(one))) expect(said).not.toContain(secret)
}

/** Places where a name is refused before a look-up, with the reason. */
const REFUSED_UNREAD: Record<string, string> = {
  'mutation grantConsent input.noticeHash': 'no name that the walk has is a hash',
  'mutation publishDocuments input.documents.hash': 'a hash is that of the text beside it',
  'mutation rotateChannelSecret input.credentials.wecom.corpId': 'the account is of another kind, which takes other credentials',
  'mutation rotateChannelSecret input.credentials.youzan.kdtId': 'the account is of another kind, which takes other credentials',
  'mutation rotateChannelSecret input.credentials.youzan.clientId': 'the account is of another kind, which takes other credentials',
}

/** Places where any id is taken, with the reason. */
const ANY_ID: Record<string, string> = {
  'mutation decideReviewCases input.cases.filter.customerId': 'decides the cases that are found, here none',
  'mutation decideReviewCases input.cases.filter.assigneeId': 'decides the cases that are found, here none',
  'mutation decideReviewCases input.cases.reviewCaseIds': 'skips what is no open case',
  'mutation ingestEvents input.events.referenceId': 'the sender refers to an object of its own',
}
/** An id that leads to nothing must not be taken as if it did. */
const isRequired = (place: Place) =>
  place.operation === OperationTypeNode.MUTATION && String(place.type).includes('ID') && !(titleOf(place) in ANY_ID)
const isRead = (place: Place) => !/^(after|before)$/.test(place.path.at(-1)!) && !(titleOf(place) in REFUSED_UNREAD)

/** A cursor of the victim: of the same list where the list has any, since cursors name their list. */
async function cursorOf({ field }: Place): Promise<string> {
  const { text } = await victim.ask(`{ ${field.name}(first: 1) { pageInfo { endCursor } } }`)
  const { data } = JSON.parse(text) as { data: Record<string, { pageInfo: { endCursor: string | null } }> }
  return data[field.name]!.pageInfo.endCursor ?? victim.world.texts.after!
}

/** Pairs of the victim's name at a place and a similar name that does not exist, in each form. */
async function namesAt(place: Place): Promise<[string, string][]> {
  const name = place.path.at(-1)!
  const isId = String(place.type).includes('ID')
  const own = Object.entries(victim.world.texts).find(([one]) => name.toLowerCase().startsWith(one.toLowerCase()))?.[1]
  const text = /^(after|before)$/.test(name) ? await cursorOf(place) : (own ?? victim.world.texts.key!)
  if (!isId) return [[text, nobodyLike(text)]]
  return typesAt(place, Object.keys(victim.world.ids)).flatMap((type): [string, string][] => {
    const id = victim.world.ids[type]!
    const plain = readGlobalId(id)?.id ?? id
    return [
      [plain, newId()],
      [writeGlobalId(type, plain), writeGlobalId(type, newId())],
    ]
  })
}

/** Makes a name with the same letters, length and kind. */
const nobodyLike = (text: string) =>
  /^[0-9a-f]{8}-/.test(text) ? newId() : text.slice(0, 3) + text.slice(3).split('').toReversed().join('')

it('a world has one object of every type that is a Node', () => {
  const node = schema.getType('Node')
  const types = isInterfaceType(node) ? schema.getPossibleTypes(node).map(({ name }) => name) : []
  expect(types.filter((type) => !victim.world.ids[type])).toEqual([])
  expect(types.length).toBeGreaterThan(10)
})

it('no field below the roots takes a name, which the walk would miss', () => expect(placesBelow(schema)).toEqual([]))

// Before the walk, in which the attacker uses the victim's names for its own objects.
describe('lists and numbers hold nothing of another tenant', () => {
  const fields = Object.values(schema.getQueryType()!.getFields())
  it.each(fields.map((field) => [field.name, field] as const))('%s', async (_name, field) => {
    const place: Place = { operation: OperationTypeNode.QUERY, field, path: [], type: field.args[0]?.type as Place['type'] }
    const variables = fill({ place, value: '', own: attacker.world })
    const answer = await attacker.ask(documentOf(schema, place, variables), variables)
    expect([answer.status, answer.codes], answer.text).toEqual([200, ''])
    expectNothingOf(victim, answer, 'nothing')
  })
})

describe("another tenant's name gets the same answer as one that does not exist", () => {
  it.each(places.map((place) => [titleOf(place), place] as const))('%s', async (_title, place) => {
    for (const [theirs, nobodys] of await namesAt(place)) {
      const [answer, nothing] = [await attack(place, theirs), await attack(place, nobodys)]
      expect(answer.status, answer.text).toBeLessThan(500)
      expect(answer.codes, answer.text).not.toMatch(/INTERNAL|GRAPHQL_VALIDATION|RATE_LIMITED/)
      if (isRead(place)) expect(answer.codes, answer.text).not.toContain('BAD_USER_INPUT')
      expect(gistOf(answer, theirs), answer.text).toEqual(gistOf(nothing, nobodys))
      if (isRequired(place)) expect(answer.codes, answer.text).not.toBe('')
      expectNothingOf(victim, answer, theirs)
    }
  })
})

it("after the walk every row of the victim's is as it was", async () => {
  await settle()
  expect(await dumpVictim()).toEqual(before)
})
