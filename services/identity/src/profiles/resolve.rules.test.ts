import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkValue, survivingValues } from '../attributes/attribute.rules.ts'
import type { Field } from '../attributes/attribute.table.ts'
import { scopesOf } from '../staff/role.rules.ts'
import { foldName } from '../tags/tag.rules.ts'
import { normalise } from './identifier.rules.ts'
import { type Claim, identifierKey, type Known, pairKey, planResolution, profileKey } from './resolve.rules.ts'

const proven = new Date('2026-01-01')

describe('identifiers', () => {
  it.each([
    ['phone', '13912345678', '+8613912345678'],
    ['phone', '0086 139-1234-5678', '+8613912345678'],
    ['phone', '＋８６１３９１２３４５６７８', '+8613912345678'],
    ['phone', '+44 20 7946 0958', '+442079460958'],
    ['email', ' Zhang.San@Example.COM ', 'zhang.san@example.com'],
    ['email', 'a@例子.中国', 'a@xn--fsqu00a.xn--fiqs8s'],
    ['openid@wxapp1', 'oAbC', 'oAbC'],
  ])('%s %s is written %s', (namespace, value, written) => expect(normalise({ namespace, value }).value).toBe(written))

  it.each([
    ['phone', '138****1234'],
    ['phone', '123'],
    ['phone', '1'.repeat(50)],
    ['email', 'not an address'],
    ['email', 'x,victim@mail.example.com'],
    ['email', 'group:victim@mail.example.com;'],
    ['email', 'x@mail.example.com,victim.example.com'],
    ['email', 'victim(x)@mail.example.com'],
    ['email', 'a@[10.0.0.5].com'],
    ['external_userid@corp', '@all'],
    ['external_userid@corp', 'wmOne|wmOther'],
    ['telegram_id', '-100123'],
    ['telegram_id', '@channel'],
    ['openid', 'without-an-app'],
    ['phone@app', '13912345678'],
    ['phone@', '13912345678'],
    ['login@', 'x'],
    ['shoe_size', '42'],
    ['login', ''],
  ])('%s %s is refused', (namespace, value) => expect(() => normalise({ namespace, value })).toThrow())

  it('of two apps are never the same key, and only proven ones prove a person', () => {
    expect(normalise({ namespace: 'openid@a', value: 'x' }).namespace).not.toBe(normalise({ namespace: 'openid@b', value: 'x' }).namespace)
    expect(normalise({ namespace: 'phone', value: '13912345678' }).tier).toBe(3)
    expect(normalise({ namespace: 'phone', value: '13912345678', verifiedAt: proven }).tier).toBe(1)
    expect(normalise({ namespace: 'phone', value: '13800138000', verifiedAt: proven }).tier).toBe(3)
  })
})

const claim = (no: string, ...identifiers: [namespace: string, index: string][]): Claim => ({
  claimId: no,
  source: 's',
  externalId: no,
  identifiers: identifiers.map(([namespace, index]) => ({ namespace, index, value: index, verifiedAt: proven, tier: 1, weight: 19 })),
})
const nothing = (): Known => ({ profiles: new Map(), holders: new Map(), split: new Set(), unionids: new Map() })
const numbered = () => {
  let next = 0
  return () => `id-${String(++next).padStart(5, '0')}`
}

describe('resolution', () => {
  it('joins who shares a proven identifier, within a batch and with what is known', () => {
    const plan = planResolution(
      [claim('a', ['phone', '1']), claim('b', ['phone', '2']), claim('c', ['phone', '1'], ['unionid@s', 'u'])],
      nothing(),
      numbered(),
    )
    const [a, b, c] = plan.results
    expect(a!.customerId).toBe(c!.customerId)
    expect(b!.customerId).not.toBe(a!.customerId)
    expect(plan.evidence).toHaveLength(1)
  })

  it('merges two known customers that a claim connects; the older survives', () => {
    const known = nothing()
    known.profiles.set(profileKey('s', 'x'), { profileId: 'p1', customerId: 'c2' })
    known.holders.set(identifierKey('phone', '1'), [{ profileId: 'p0', customerId: 'c1' }])
    const plan = planResolution([claim('x', ['phone', '1'])], known, numbered())
    expect(plan.merges).toEqual([{ survivorId: 'c1', absorbedId: 'c2', namespace: 'phone' }])
    expect(plan.results[0]!.customerId).toBe('c1')
  })

  it('leaves to a person what a person has split, and two unionids of one subject', () => {
    const known = nothing()
    known.profiles.set(profileKey('s', 'x'), { profileId: 'p1', customerId: 'c2' })
    known.holders.set(identifierKey('phone', '1'), [{ profileId: 'p0', customerId: 'c1' }])
    known.split.add(pairKey('c1', 'c2'))
    expect(planResolution([claim('x', ['phone', '1'])], known, numbered())).toMatchObject({
      merges: [],
      reviews: [{ reason: 'SPLIT_BY_A_PERSON' }],
    })

    const clash = planResolution(
      [claim('a', ['phone', '1'], ['unionid@s', 'u1']), claim('b', ['phone', '1'], ['unionid@s', 'u2'])],
      nothing(),
      numbered(),
    )
    expect(clash.results[0]!.customerId).not.toBe(clash.results[1]!.customerId)
    expect(clash.reviews).toHaveLength(1)
  })

  it('takes an identifier of too many customers for a shared one', () => {
    const known = nothing()
    known.holders.set(
      identifierKey('phone', 'shop'),
      ['1', '2', '3', '4'].map((no) => ({ profileId: `p${no}`, customerId: `c${no}` })),
    )
    const plan = planResolution([claim('x', ['phone', 'shop'])], known, numbered())
    expect(plan.merges).toEqual([])
    expect(plan.newCustomers).toHaveLength(1)
  })

  it('groups people alike in whatever order they come', () => {
    const people = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(people, fc.integer(), (pairs, seed) => {
        const claims = pairs.map(([a, b], index) => claim(String(index), ['phone', `p${a}`], ['email', `e${b}`]))
        const groups = (order: Claim[]) => {
          const { results } = planResolution(order, nothing(), numbered())
          const byCustomer = Map.groupBy(results, (result) => result.customerId)
          return [...byCustomer.values()]
            .map((mine) =>
              mine
                .map((one) => one.claimId)
                .sort((x, y) => Number(x) - Number(y))
                .join(),
            )
            .sort((x, y) => (x < y ? -1 : 1))
        }
        const rotated = claims.map((_one, index) => claims[(index + Math.abs(seed)) % claims.length]!)
        expect(groups(rotated)).toEqual(groups(claims))
      }),
      { numRuns: 200 },
    )
  })
})

describe('attributes', () => {
  const field = (type: Field['type'], options: string[] = []): Field => ({
    tenantId: 't',
    key: 'k',
    label: 'l',
    type,
    sensitivity: 'NONE',
    options,
    createdAt: new Date(),
  })

  it('must be written as their field says', () => {
    expect(checkValue(field('DATE'), '2024-02-29')).toBe('2024-02-29')
    for (const [type, value] of [
      ['DATE', '2024-02-30'],
      ['DATE', '01/02/2024'],
      ['NUMBER', '12abc'],
      ['NUMBER', '1e309'],
      ['BOOLEAN', 'yes'],
      ['OPTION', 'c'],
    ] as const) {
      expect(() => checkValue(field(type, ['a', 'b']), value)).toThrow()
    }
  })

  it('survive by the time they were seen, whatever the order of the rows', () => {
    const row = (source: string, day: number) => ({ key: 'city', source, observedAt: new Date(2026, 0, day) })
    const rows = [row('b', 3), row('a', 3), row('c', 1)]
    for (const order of [rows, rows.toReversed()]) expect(survivingValues(order)).toEqual([row('a', 3)])
  })
})

it('roles give their scopes together, and nobody has a scope that no role gives', () => {
  expect(scopesOf(['AUDITOR'])).toEqual(['audit:read', 'consents:read'])
  expect(scopesOf(['AUDITOR', 'AGENT'])).toContain('personal:read')
  expect(scopesOf(['ANALYST'])).not.toContain('personal:read')
  expect(scopesOf(['NOBODY'])).toEqual([])
})

it('tag names are the same whatever their case and width', () => expect(foldName(' ＶＩＰ客户 ')).toBe(foldName('vip客户')))
