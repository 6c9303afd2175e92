import { createRandom } from '@renmai/platform/testing/random'
import fc from 'fast-check'
import { expect } from 'vitest'
import { dumpCompany } from './dump.ts'
import { type Company, day, openCompany } from './people.ts'
import { KINDS, rule, undoAll } from './rulings.ts'
import type { Carrier, World } from './world.ts'

const PHONES = ['+8613912340001', '+8613912340002', '+8613912340003']
const EMAILS = ['ann@mail.example', 'bob@mail.example']
const UNIONIDS = ['union-one', 'union-two']
const DEVICES = ['tablet', 'browser']
const VALUES = [
  ...PHONES.map((value) => ['phone', value] as const),
  ...EMAILS.map((value) => ['email', value] as const),
  ...UNIONIDS.map((value) => ['unionid@corp', value] as const),
  ...DEVICES.map((value) => ['device', value] as const),
]
/** Identifiers that people block. */
const BLOCKED = VALUES.filter(([namespace]) => namespace === 'phone' || namespace === 'device')

const number = fc.nat({ max: 11 })
const said = fc.record({
  source: fc.constantFrom('shop', 'wecom', 'web'),
  externalId: fc.integer({ min: 0, max: 3 }).map(String),
  phone: fc.constantFrom(undefined, ...PHONES),
  email: fc.constantFrom(undefined, undefined, ...EMAILS),
  unionid: fc.constantFrom(undefined, undefined, undefined, undefined, ...UNIONIDS),
  others: fc.constantFrom({}, {}, ...DEVICES.map((device) => ({ device }))),
  name: fc.constantFrom(undefined, '王芳', '李娜'),
  attributes: fc.constantFrom({}, { birthday: '1990-01-01' }, { birthday: '1985-05-05' }),
  isProven: fc.boolean(),
  at: fc.constantFrom(day(1), day(2), day(400)),
})
type Act =
  | { kind: 'claim'; said: typeof said extends fc.Arbitrary<infer S> ? S : never }
  | { kind: 'fact'; what: 'tag' | 'untag' | 'buy' | 'view' | 'grant' | 'withdraw' | 'give'; profile: number }
  | { kind: 'rule'; what: (typeof KINDS)[number]; a: number; b: number }

const claim: fc.Arbitrary<Act> = said.map((one) => ({ kind: 'claim', said: one }))
const fact = fc.record({
  kind: fc.constant('fact' as const),
  what: fc.constantFrom('tag', 'untag', 'buy', 'view', 'grant', 'withdraw', 'give'),
  profile: number,
})
const ruling = fc.record({ kind: fc.constant('rule' as const), what: fc.constantFrom(...KINDS), a: number, b: number })
/** Claims to begin with, then claims, facts and rulings in any order, and a seed for the order in which events travel. */
export const script = fc.tuple(
  fc.array(claim, { minLength: 3, maxLength: 6 }),
  fc.array(fc.oneof(claim, fact as fc.Arbitrary<Act>, ruling as fc.Arbitrary<Act>), { minLength: 3, maxLength: 14 }),
  fc.nat(),
)

/** What happens whether people rule or not. */
async function happen(company: Company, act: Act): Promise<void> {
  if (act.kind === 'claim') {
    const { isProven, ...one } = act.said
    return company.claim({ ...withoutNothing(one), verifiedAt: isProven ? one.at : null } as Parameters<Company['claim']>[0])
  }
  if (act.kind === 'rule') return
  const profiles = [...company.profiles.values()]
  const profileId = profiles[act.profile % profiles.length]!
  // The others know a profile by events only.
  if (['grant', 'withdraw', 'give'].includes(act.what)) await company.carrier.all()
  const does: Record<typeof act.what, () => Promise<unknown>> = {
    tag: () => company.tag(profileId, true),
    untag: () => company.tag(profileId, false),
    buy: () => company.buy(profileId, 1_000 * (act.profile + 1)),
    view: () => company.view(profileId),
    grant: () => company.consent(profileId, true),
    withdraw: () => company.consent(profileId, false),
    give: () => company.give(profileId),
  }
  await does[act.what]()
}

const withoutNothing = (given: object) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))

/**
 * The same claims and facts come to two companies. In one of them people also rule, in between: they merge, split, retract and
 * block, and undo any of it. When all rulings are undone, both companies are equal in all tables of all services.
 */
type Script = typeof script extends fc.Arbitrary<infer S> ? S : never

/**
 * The same claims and facts come to two companies. In one of them people also rule, in between: they merge, split, retract and
 * block, and undo any of it. When all rulings are undone, both companies are equal in all tables of all services.
 * @param carrier how events travel; to handlers in this process by default
 */
export async function compareCompanies(world: World, [first, acts, seed]: Script, carrier?: Carrier): Promise<void> {
  const chance = createRandom(seed)
  const [ruled, plain] = [await openCompany(world, chance, carrier), await openCompany(world, chance, carrier)]
  for (const company of [ruled, plain]) {
    for (const act of first) await happen(company, act)
    await company.enterJourney()
  }
  for (const act of acts) {
    await happen(ruled, act)
    await happen(plain, act)
    if (act.kind === 'rule') await rule(ruled, act.what, act.a, act.b, BLOCKED[act.a % BLOCKED.length]!)
    await ruled.carrier.some()
  }
  await undoAll(ruled, chance)
  await ruled.settle()
  await plain.settle()
  expect(await dumpCompany(ruled, VALUES)).toEqual(await dumpCompany(plain, VALUES))
}
