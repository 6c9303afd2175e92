import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { carries, day, graph, groupsOf, profile, ruling } from '../../test/graph.ts'
import type { Graph, GraphEdge } from './graph.rules.ts'
import { partition } from './partition.rules.ts'

const uses = (profileId: string, device: string, more: Partial<GraphEdge> = {}) =>
  carries(profileId, 'device', device, { tier: 3, verifiedAt: null, ...more })
const is = (profileId: string, login = profileId) => carries(profileId, 'login', login)
/** Profiles of which `x`, `y` and `z` are anonymous. */
const of = (names: string, edges: GraphEdge[], more: Partial<Graph> = {}) => {
  const ids = names.split('')
  return graph(
    ids.map((id) => profile(id)),
    edges,
    { anonymous: new Set(ids.filter((id) => id >= 'x')), ...more },
  )
}
const evidenceOf = (given: Graph) =>
  partition(given).evidence.map(({ profileId, linkedProfileId, rule, state, reason }) =>
    [profileId, linkedProfileId, rule, reason ?? state].join(' '),
  )

describe('an anonymous profile', () => {
  it('belongs to the one person who uses its device, whose customer stays, also when it is older', () => {
    const given = of('bx', [is('b'), uses('b', '1'), uses('x', '1')])
    const [b, x] = given.profiles
    const older = { ...given, profiles: [b!, { ...x!, homeId: 'home-a' }] }
    expect([...partition(older).customers.values()]).toEqual(['home-b', 'home-b'])
    expect(evidenceOf(older)).toEqual(['x b T3_ANONYMOUS_DEVICE ACTIVE'])
  })

  it('belongs to nobody when its device has several users, or its devices have different ones, and joins no two of them', () => {
    const ofTwo = of('abx', [is('a'), is('b'), uses('a', '1'), uses('b', '1'), uses('x', '1')])
    expect(groupsOf(ofTwo)).toEqual(['a', 'b', 'x'])
    expect(evidenceOf(ofTwo)).toEqual(['x a T3_ANONYMOUS_DEVICE SHARED_DEVICE', 'x b T3_ANONYMOUS_DEVICE SHARED_DEVICE'])
    const two = of('abx', [is('a'), is('b'), uses('a', '1'), uses('b', '2'), uses('x', '1'), uses('x', '2')])
    expect(groupsOf(two)).toEqual(['a', 'b', 'x'])
    expect(evidenceOf(two)).toHaveLength(2)
    // One person with two profiles is one user.
    expect(groupsOf(of('abx', [is('a', '1'), is('b', '1'), uses('a', '1'), uses('b', '1'), uses('x', '1')]))).toEqual(['abx'])
  })

  it('belongs to the user of a device of its own also beside one that several use', () => {
    const edges = [is('a'), is('b'), uses('a', '1'), uses('b', '1'), uses('x', '1'), uses('x', '2'), uses('a', '2')]
    expect(groupsOf(of('abx', edges))).toEqual(['ax', 'b'])
    expect(evidenceOf(of('abx', edges))).toEqual(['x b T3_ANONYMOUS_DEVICE SHARED_DEVICE', 'x a T3_ANONYMOUS_DEVICE ACTIVE'])
  })

  it('stays by itself where nobody is known on the device, the device is of too many, or it has become known', () => {
    expect(groupsOf(of('xy', [uses('x', '1'), uses('y', '1')]))).toEqual(['x', 'y'])
    const edges = [is('a'), uses('a', '1'), uses('x', '1')]
    expect(groupsOf(of('ax', edges, { shared: new Set(['device:1']) }))).toEqual(['a', 'x'])
    expect(groupsOf(of('ax', edges, { anonymous: new Set() }))).toEqual(['a', 'x'])
    // What is attached leads no further.
    expect(groupsOf(of('axy', [...edges, uses('x', '2'), uses('y', '2')]))).toEqual(['ax', 'y'])
  })

  it('stays apart from whom people separated it, and no two that they separated come to one person', () => {
    const edges = [is('a'), uses('a', '1'), uses('x', '1'), uses('y', '1'), uses('z', '1')]
    const apart = of('axyz', edges, { cannotLinks: [ruling('1', ['a'], ['x'])] })
    expect(groupsOf(apart)).toEqual(['ayz', 'x'])
    expect(evidenceOf(apart)).toContain('x a T3_ANONYMOUS_DEVICE SPLIT_BY_A_PERSON')
    expect(groupsOf(of('axyz', edges, { cannotLinks: [ruling('1', ['x'], ['y'])] }))).toEqual(['az', 'x', 'y'])
  })

  it('that people linked with a known one is a part of that person, and with another one comes along', () => {
    const links = [ruling('1', ['b'], ['x'])]
    const edges = [is('a'), is('b'), uses('a', '1'), uses('x', '1'), uses('y', '1')]
    expect(groupsOf(of('abxy', edges, { links }))).toEqual(['a', 'bx', 'y'])
    const linked = of('axy', [is('a'), uses('a', '1'), uses('x', '1')], { links: [ruling('1', ['y'], ['x'])] })
    expect(groupsOf(linked)).toEqual(['axy'])
    expect(new Set(partition(linked).customers.values())).toEqual(new Set(['home-a']))
  })
})

it('devices change nothing among people who are known, and attach alike in whatever order all is read', () => {
  const ids = 'abcdxyz'.split('')
  const pair = fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids)).filter(([one, other]) => one !== other)
  const edge = fc.record({ id: fc.constantFrom(...ids), device: fc.nat(3), phone: fc.nat(4), at: fc.nat(2) })
  fc.assert(
    fc.property(
      fc.array(edge, { maxLength: 14 }),
      fc.array(pair, { maxLength: 3 }),
      fc.array(pair, { maxLength: 2 }),
      fc.nat(),
      (...given) => {
        const [found, apart, linked, turn] = given
        const edges = [
          ...new Map(found.map(({ id, device, at }) => [`${id}${device}`, uses(id, String(device), { foundAt: day(at + 1) })])).values(),
          ...new Map(
            found.filter(({ id }) => id < 'x').map(({ id, phone }) => [`${id}${phone}`, carries(id, 'phone', String(phone))]),
          ).values(),
        ]
        const more = {
          cannotLinks: apart.map(([one, other], no) => ruling(`c${no}`, [one], [other])),
          links: linked.map(([one, other], no) => ruling(`l${no}`, [one], [other])),
        }
        const turned = <T>(list: readonly T[]) => list.map((_, index) => list[(index + turn) % list.length]!).toReversed()
        const one = partition(of(ids.join(''), edges, more))
        const other = partition(of(turned(ids).join(''), turned(edges), { cannotLinks: more.cannotLinks, links: turned(more.links) }))
        const sorted = <T>(list: Iterable<T>) => [...list].map((row) => JSON.stringify(row)).sort()
        expect(sorted(other.customers)).toEqual(sorted(one.customers))
        expect(sorted(other.evidence)).toEqual(sorted(one.evidence))
        const without = partition(
          of(
            ids.join(''),
            edges.filter(({ namespace }) => namespace !== 'device'),
            more,
          ),
        )
        const known = new Set(
          ids.filter((id) => ids.some((mate) => mate < 'x' && without.customers.get(mate) === without.customers.get(id))),
        )
        for (const id of known) expect(one.customers.get(id)).toBe(without.customers.get(id))
        for (const { sideA, sideB } of more.cannotLinks) expect(one.customers.get(sideA[0]!)).not.toBe(one.customers.get(sideB[0]!))
        for (const { profileId, linkedProfileId, state } of one.evidence)
          expect(state === 'ACTIVE').toBe(one.customers.get(profileId) === one.customers.get(linkedProfileId))
      },
    ),
    { numRuns: 500 },
  )
})
