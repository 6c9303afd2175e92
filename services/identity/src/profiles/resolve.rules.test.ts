import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Claim, identifierKey, type Known, pairKey, planResolution, profileKey } from './resolve.rules.ts'

const proven = new Date('2026-01-01')

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
  it('joins people who share a proven identifier, within a batch and with known ones', () => {
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

  it('leaves to a person a pair that a person has split, and two unionids of one subject', () => {
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

  it('treats an identifier of too many customers as a shared one', () => {
    const known = nothing()
    known.holders.set(
      identifierKey('phone', 'shop'),
      ['1', '2', '3', '4'].map((no) => ({ profileId: `p${no}`, customerId: `c${no}` })),
    )
    const plan = planResolution([claim('x', ['phone', 'shop'])], known, numbered())
    expect(plan.merges).toEqual([])
    expect(plan.newCustomers).toHaveLength(1)
  })

  it('groups people the same way, whatever the order of the claims', () => {
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
