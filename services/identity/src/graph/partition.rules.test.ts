import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { carries, day, graph, groupsOf, profile, ruling, unproven } from '../../test/graph.ts'
import { isShared } from './graph.rules.ts'
import { partition } from './partition.rules.ts'

const [a, b, c] = [profile('a'), profile('b'), profile('c')]

describe('profiles', () => {
  it('that one person holds an identifier of are one customer, the oldest of theirs', () => {
    const { customers, evidence } = partition(
      graph([b, a, c], [carries('b', 'phone', '1'), carries('a', 'phone', '1'), carries('c', 'phone', '2')]),
    )
    expect([...customers]).toEqual([
      ['a', 'home-a'],
      ['b', 'home-a'],
      ['c', 'home-c'],
    ])
    expect(evidence).toMatchObject([{ profileId: 'b', linkedProfileId: 'a', state: 'ACTIVE', rule: 'T1_SHARED_IDENTIFIER' }])
  })

  it('with different unionids of one subject stay apart, whatever joins them, and one of each side joins its own', () => {
    const edges = [
      carries('a', 'unionid@s', 'u1'),
      carries('b', 'unionid@s', 'u2'),
      carries('c', 'unionid@s', 'u1', { foundAt: day(3) }),
      ...['a', 'b', 'c'].map((id) => carries(id, 'phone', '1', { foundAt: day(2) })),
    ]
    expect(groupsOf(graph([a, b, c], edges))).toEqual(['ac', 'b'])
    expect(partition(graph([a, b, c], edges)).evidence.filter(({ state }) => state === 'REFUSED')).toMatchObject([
      { namespace: 'phone', reason: 'DIFFERENT_UNIONIDS' },
    ])
  })

  it('that a person separated stay apart also when both join a third one', () => {
    const edges = [carries('a', 'phone', '1'), carries('c', 'phone', '1'), carries('b', 'email', 'e'), carries('c', 'email', 'e')]
    expect(groupsOf(graph([a, b, c], edges))).toEqual(['abc'])
    const apart = graph([a, b, c], edges, { cannotLinks: [ruling('1', ['a'], ['b'])] })
    expect(groupsOf(apart)).toEqual(['ac', 'b'])
    expect(partition(apart).evidence).toMatchObject([{ state: 'ACTIVE' }, { state: 'REFUSED', reason: 'SPLIT_BY_A_PERSON' }])
  })

  it('are joined by two identifiers of different kinds that both sides state apart, and not by two of one form', () => {
    const of = (statements: [string, string, string, string]) =>
      graph(
        [a, b],
        [
          unproven('a', 'phone', '1', statements[0]),
          unproven('a', 'email', 'e', statements[1]),
          unproven('b', 'phone', '1', statements[2]),
          unproven('b', 'email', 'e', statements[3]),
        ],
      )
    expect(groupsOf(of(['1', '2', '3', '4']))).toEqual(['ab'])
    expect(groupsOf(of(['1', '1', '3', '4']))).toEqual(['a', 'b'])
    expect(groupsOf(of(['1', '2', '3', '3']))).toEqual(['a', 'b'])
    expect(partition(of(['1', '2', '3', '4'])).evidence.map(({ rule }) => rule)).toEqual(['T2_TWO_IDENTIFIERS', 'T2_TWO_IDENTIFIERS'])
  })

  it('are not joined by two numbers of one kind, nor by what two records of one source state', () => {
    const twice = [
      unproven('a', 'phone', '1', '1'),
      unproven('a', 'phone', '2', '2'),
      unproven('b', 'phone', '1', '3'),
      unproven('b', 'phone', '2', '4'),
    ]
    expect(groupsOf(graph([a, b], twice))).toEqual(['a', 'b'])
    const mixed = [
      unproven('a', 'phone', '1', '1'),
      unproven('a', 'email', 'e', '2'),
      unproven('b', 'phone', '1', '3'),
      unproven('b', 'email', 'e', '4'),
    ]
    expect(groupsOf(graph([profile('a', { source: 's' }), profile('b', { source: 's' })], mixed))).toEqual(['a', 'b'])
  })

  it('with a number that was proven a year after its last activity, or with other names and birthdays, are left to a person', () => {
    const late = carries('b', 'phone', '1', { verifiedAt: new Date('2027-06-01'), foundAt: day(2) })
    expect(partition(graph([a, b], [carries('a', 'phone', '1'), late])).evidence).toMatchObject([
      { state: 'REFUSED', reason: 'CHANGED_HANDS' },
    ])
    expect(groupsOf(graph([profile('a', { lastSeenAt: new Date('2027-01-01') }), b], [carries('a', 'phone', '1'), late]))).toEqual(['ab'])
    const other = profile('b', { nameIndex: 'n2', birthdayIndex: 'd2' })
    const edges = [carries('a', 'phone', '1'), carries('b', 'phone', '1')]
    expect(groupsOf(graph([profile('a', { nameIndex: 'n1', birthdayIndex: 'd1' }), other], edges))).toEqual(['a', 'b'])
    expect(groupsOf(graph([profile('a', { nameIndex: 'n1', birthdayIndex: 'd2' }), other], edges))).toEqual(['ab'])
    const unionids = edges.map((edge) => ({ ...edge, namespace: 'unionid@s', identifierId: 'u' }))
    expect(groupsOf(graph([profile('a', { nameIndex: 'n1', birthdayIndex: 'd1' }), other], unionids))).toEqual(['ab'])
  })

  it('that people linked are the customer that they chose, also after an older one came', () => {
    const chosen = graph([a, b], [], { links: [ruling('1', ['b'], ['a'])] })
    expect(partition(chosen).customers.get('a')).toBe('home-b')
    const later = graph([a, b, c], [carries('b', 'phone', '1'), carries('c', 'phone', '1')], {
      links: [ruling('1', ['c'], ['b']), ruling('2', ['b'], ['a'])],
    })
    expect(new Set(partition(later).customers.values())).toEqual(new Set(['home-c']))
  })

  it('that people separated later stay apart also where links would lead from one to the other', () => {
    const links = [ruling('1', ['a'], ['b']), ruling('2', ['b'], ['c'])]
    expect(groupsOf(graph([a, b, c], [], { links }))).toEqual(['abc'])
    expect(groupsOf(graph([a, b, c], [], { links, cannotLinks: [ruling('3', ['a'], ['c'])] }))).toEqual(['ab', 'c'])
  })

  it('are grouped alike in whatever order they and their evidence are read', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f']
    const edge = fc.record({
      profileId: fc.constantFrom(...ids),
      kind: fc.constantFrom('phone', 'email', 'unionid@s', 'openid@x'),
      value: fc.nat(2),
      at: fc.nat(3),
    })
    const pair = fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids)).filter(([x, y]) => x !== y)
    fc.assert(
      fc.property(
        fc.array(edge, { maxLength: 14 }),
        fc.array(pair, { maxLength: 2 }),
        fc.array(pair, { maxLength: 2 }),
        fc.nat(),
        (edges, apart, linked, turn) => {
          const found = [...new Map(edges.map((one, no) => [`${one.profileId}${one.kind}${one.value}`, { ...one, no }])).values()].map(
            ({ profileId, kind, value, at, no }) =>
              carries(profileId, kind, String(value), {
                tier: kind === 'openid@x' || at === 0 ? 2 : 1,
                verifiedAt: at === 0 ? null : day(at),
                foundAt: day(at + 1),
                statement: String(no),
              }),
          )
          const more = {
            cannotLinks: apart.map(([x, y], no) => ruling(`c${no}`, [x], [y])),
            links: linked.map(([x, y], no) => ruling(`l${no}`, [x], [y])),
          }
          const turned = <T>(list: readonly T[]) => list.map((_, index) => list[(index + turn) % list.length]!).toReversed()
          const [one, other] = [
            partition(
              graph(
                ids.map((id) => profile(id)),
                found,
                more,
              ),
            ),
            partition(
              graph(
                turned(ids).map((id) => profile(id)),
                turned(found),
                { cannotLinks: more.cannotLinks, links: turned(more.links) },
              ),
            ),
          ]
          const sorted = <T>(list: Iterable<T>) => [...list].map((row) => JSON.stringify(row)).sort()
          expect(sorted(other.customers)).toEqual(sorted(one.customers))
          expect(sorted(other.evidence)).toEqual(sorted(one.evidence))
          for (const { sideA, sideB } of more.cannotLinks) expect(one.customers.get(sideA[0]!)).not.toBe(one.customers.get(sideB[0]!))
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('an identifier', () => {
  it('is shared when four profiles of one source carry it, or eleven of all, unless the platform gives it to one person', () => {
    expect(isShared(['s', 's', 's'], false)).toBe(false)
    expect(isShared(['s', 's', 's', 's'], true)).toBe(true)
    const sources = Array.from({ length: 11 }, (_, no) => String(no))
    expect(isShared(sources.slice(1), false)).toBe(false)
    expect([isShared(sources, false), isShared(sources, true)]).toEqual([true, false])
  })
})
