import { createHash } from 'node:crypto'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { describe, expect, it } from 'vitest'
import { csv } from '../../bad-input/file-rows.ts'
import { eventBody, events, push, signed } from '../../bad-input/intake-rows.ts'
import { type Answered, ask, type Stage } from '../../bad-input/row.ts'
import { put, start } from './import-rows.ts'
import { select } from './tools.ts'

const together = <T>(count: number, send: (no: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, no) => send(no)))

const short = () => newId().slice(-12)
const typeOf = (field: string) => `${field[0]!.toUpperCase()}${field.slice(1)}Input`

/** Sends a mutation. @returns its payload, or the code of its error */
async function run(s: Stage, field: string, selection: string, input: object, key = s.key): Promise<Outcome> {
  const query = `mutation M($input: ${typeOf(field)}!) { ${field}(input: $input) { ${selection} } }`
  const answer = await ask({ ...s, key }, query, { input: { idempotencyKey: newId(), ...input } })
  const { data } = JSON.parse(answer.text) as { data: Record<string, Payload> | null }
  return { payload: data?.[field] ?? undefined, code: answer.codes }
}
type Payload = Record<string, { id: string } & string>
type Outcome = { payload: Payload | undefined; code: string }

const done = (outcomes: Outcome[]) => outcomes.filter(({ payload }) => payload)
/** Every caller that is too late gets a conflict. */
function expectConflicts(outcomes: Outcome[]): void {
  expect(new Set(outcomes.filter(({ payload }) => !payload).map(({ code }) => code))).toEqual(new Set(['CONFLICT']))
}

type Met = { id: string; profiles: { nodes: { id: string }[] } }

/** A new person who viewed a page. */
async function meet(s: Stage): Promise<{ customerId: string; profileId: string }> {
  const login = newId()
  await events(s, eventBody({ identifiers: [{ namespace: 'login', value: login }] }))
  const find = () => ask(s, `{ customerByIdentifier(namespace: "login", value: "${login}") { id profiles { nodes { id } } } }`)
  return eventually(async () => {
    const { customerByIdentifier: met } = (JSON.parse((await find()).text) as { data: { customerByIdentifier: Met } }).data
    return { customerId: met.id, profileId: met.profiles.nodes[0]!.id }
  })
}

const yuan = (amount: string) => ({ amount, currency: 'CNY' })
const TERMS = { threshold: yuan('1'), discount: { amountOff: yuan('0.10') }, validFor: 'P9D' }
const createTemplate = async (s: Stage, stock: number, perCustomer: number) =>
  (await run(s, 'createCouponTemplate', 'couponTemplate { id }', { name: short(), stock, perCustomer, ...TERMS })).payload!.couponTemplate!
    .id

/** Campaign receives the profile by the bus. */
const issue = (s: Stage, couponTemplateId: string, profileId: string) =>
  run(s, 'issueCoupon', 'coupon { id code }', { couponTemplateId, recipient: { profileId } })

async function issueOne(s: Stage, profileId: string): Promise<string> {
  const templateId = await createTemplate(s, 9, 9)
  const { payload } = await eventually(async () => {
    const outcome = await issue(s, templateId, profileId)
    if (!outcome.payload) throw new Error(outcome.code)
    return outcome
  })
  return (payload!.coupon as unknown as { code: string }).code
}

const reaches = async (s: Stage, key: string) => (await ask({ ...s, key }, '{ tenant { id } }')).status

const sum = (answers: Answered[], field: string) =>
  answers.reduce((total, { text }) => total + (JSON.parse(text) as Record<string, number>)[field]!, 0)

function raceForKeys(at: () => Stage): void {
  it('a command with one idempotency key has one effect and one answer', async () => {
    const [s, input] = [at(), { idempotencyKey: newId(), name: short() }]
    const all = done(await together(30, () => run(s, 'createTagGroup', 'group { id }', input)))
    expect(new Set(all.map(({ payload }) => payload!.group!.id)).size).toBe(1)
    expect(await select(s, 'identity', 'SELECT 1 FROM tag_groups WHERE name = $1', [input.name])).toHaveLength(1)
  })

  it('a key is shown to one caller, rotated once and ended once', async () => {
    const [s, token] = [at(), await at().whole.client.token()]
    const input = { idempotencyKey: newId(), name: short(), kind: 'OWN', scopes: ['customers:read'] }
    const made = done(await together(10, () => run(s, 'createApiClient', 'client { id } key', input, token)))
    const [first, ...others] = made.flatMap(({ payload }) => (payload!.key ? [payload!.key] : []))
    expect(others).toEqual([])
    const client = { clientId: made[0]!.payload!.client!.id }
    const rotated = await together(10, () => run(s, 'rotateApiKey', 'key', client, token))
    expect(done(rotated)).toHaveLength(1)
    expectConflicts(rotated)
    const next = done(rotated)[0]!.payload!.key!
    expect([await reaches(s, first!), await reaches(s, next)]).toEqual([200, 200])
    const finished = await together(10, () => run(s, 'finishApiKeyRotation', 'client { id }', client, token))
    expect(done(finished)).toHaveLength(1)
    expectConflicts(finished)
    await eventually(async () => expect(await reaches(s, first!)).toBe(401))
    expect(await reaches(s, next)).toBe(200)
  })
}

function raceForCoupons(at: () => Stage): void {
  it('coupons exceed neither the limit per customer nor the stock', async () => {
    const s = at()
    const [one, other] = [await meet(s), await meet(s)]
    await Promise.all([issueOne(s, one.profileId), issueOne(s, other.profileId)])
    const templateId = await createTemplate(s, 3, 2)
    const own = await together(15, () => issue(s, templateId, one.profileId))
    const rest = await together(15, () => issue(s, templateId, other.profileId))
    expect([done(own).length, done(rest).length]).toEqual([2, 1])
    expectConflicts([...own, ...rest])
  })

  it('a coupon is held for one order, and then used or released once', async () => {
    const s = at()
    const code = await issueOne(s, (await meet(s)).profileId)
    const locked = await together(15, (no) =>
      run(s, 'lockCoupon', 'coupon { id orderKey }', { code, orderKey: `order${no}`, eligible: yuan('5') }),
    )
    expect(done(locked)).toHaveLength(1)
    expectConflicts(locked)
    const orderKey = `order${locked.findIndex(({ payload }) => payload)}`
    const settled = await together(20, (no) => run(s, no % 2 ? 'confirmCoupon' : 'releaseCoupon', 'coupon { id }', { code, orderKey }))
    const [confirmed, released] = [done(settled.filter((_, no) => no % 2)), done(settled.filter((_, no) => no % 2 === 0))]
    expect([confirmed.length > 0, released.length]).toEqual(confirmed.length > 0 ? [true, 0] : [false, 1])
    const id = locked.find(({ payload }) => payload)!.payload!.coupon!.id
    const { node } = (JSON.parse((await ask(s, `{ node(id: "${id}") { ... on Coupon { state } } }`)).text) as { data: { node: unknown } })
      .data
    expect(node).toEqual({ state: confirmed.length > 0 ? 'USED' : 'ISSUED' })
  })
}

function raceForCustomers(at: () => Stage): void {
  it('customers merged crosswise are each found, and no merges form a circle', async () => {
    const s = at()
    const ids = (await together(4, () => meet(s))).map(({ customerId }) => customerId)
    const pairs = ids.flatMap((survivorId) => ids.filter((id) => id !== survivorId).map((absorbedId) => ({ survivorId, absorbedId })))
    const merged = await together(pairs.length, (no) => run(s, 'mergeCustomers', 'merge { id }', { ...pairs[no], reason: 'same' }))
    // Of four customers three can be merged into another; one that is merged already is found as the survivor, or not at all.
    expect(done(merged).length).toBeGreaterThan(0)
    for (const id of ids)
      expect((await ask(s, `{ customer(id: "${id}") { profiles { nodes { id } } } }`)).text).toMatch(/"profiles":\{"nodes":\[\{"id"/)
  })

  it('a merge is undone once', async () => {
    const s = at()
    const [survivor, absorbed] = await together(2, () => meet(s))
    const input = { survivorId: survivor!.customerId, absorbedId: absorbed!.customerId, reason: 'same' }
    const mergeId = (await run(s, 'mergeCustomers', 'merge { id }', input)).payload!.merge!.id
    const undone = await together(16, () => run(s, 'unmergeCustomers', 'unmerge { id }', { mergeId, reason: 'not the same' }))
    expect(done(undone)).toHaveLength(1)
    for (const { customerId, profileId } of [survivor!, absorbed!])
      expect((await ask(s, `{ customer(id: "${customerId}") { profiles { nodes { id } } } }`)).text).toContain(
        `"profiles":{"nodes":[{"id":"${profileId}"}]}`,
      )
  })
}

function raceAtIntake(at: () => Stage): void {
  it('one signed push is kept once, whatever else is sent around it', async () => {
    const s = at()
    const msg = encodeURIComponent(JSON.stringify({ no: newId() }))
    const sign = createHash('md5').update(`demo${msg}a-client-secret`).digest('hex')
    const kept = () => select(s, 'engagement', 'SELECT 1 FROM webhooks WHERE account_id = $1', [s.paths.youzan.split('/').at(-1)])
    const before = (await kept()).length
    const pushes = await together(12, (no) =>
      push(s, s.paths.youzan, signed({ msg, sign, id: newId(), version: no, msg_id: newId(), type: `t${no}` })),
    )
    expect(pushes.map(({ status }) => status)).toEqual(Array(12).fill(200))
    expect((await kept()).length - before).toBe(1)
  })

  it('one batch of events is taken once', async () => {
    const body = eventBody()
    const answers = await together(12, () => events(at(), body))
    expect(sum(answers, 'accepted')).toBe(1)
    expect(sum(answers, 'duplicates')).toBe(11)
  })

  it('one file is received once', async () => {
    const [s, no] = [at(), short()]
    const file = csv(`${no},a,A,1,2026-01-01 10:00:00,9.90,,,,`)
    const { uploadPath, ...started } = await start(s, file)
    const answers = await together(8, () => put(s, uploadPath, file))
    expect(answers.some(({ status }) => status === 200)).toBe(true)
    expect(answers.filter(({ status }) => ![200, 409].includes(status))).toEqual([])
    const { text } = await ask(s, `{ orderImport(id: "${started.import.id}") { state rowsDone orders } }`)
    expect(text).toContain('{"state":"COMPLETED","rowsDone":1,"orders":1}')
  })
}

/** Requests that are sent many times at the same moment, by a caller who hopes to get the result more than once. */
export function describeRaces(at: () => Stage): void {
  describe('requested many times at the same moment', () => {
    for (const race of [raceForKeys, raceForCoupons, raceForCustomers, raceAtIntake]) race(at)
  })
}
