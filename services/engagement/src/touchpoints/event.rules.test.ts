import { describe, expect, it } from 'vitest'
import { checkEvent, type GoodEvent } from './event.rules.ts'

describe('events', () => {
  const now = new Date('2026-06-15T00:00:00Z')
  const good = {
    messageId: 'm',
    type: 'page_view',
    occurredAt: '2026-06-14T10:00:00+08:00',
    identifiers: [{ namespace: 'phone', value: '13912345678', isVerified: true }],
  }
  const check = (change: object) => checkEvent({ ...good, ...change }, 's', now) as { reason?: string; pointer?: string }

  it('are accepted with their identifiers and details', () =>
    expect(check({ properties: [{ key: 'page', value: '/' }] })).toMatchObject({ properties: { page: '/' } }))

  it.each([
    [{ messageId: '' }, 'INVALID_MESSAGE_ID', '/messageId'],
    [{ messageId: 'a\u0000' }, 'INVALID_MESSAGE_ID', '/messageId'],
    [{ messageId: '\ud800' }, 'INVALID_MESSAGE_ID', '/messageId'],
    [{ type: 'Page View' }, 'INVALID_TYPE', '/type'],
    [{ occurredAt: '2026-06-14T10:00:00' }, 'INVALID_TIME', '/occurredAt'],
    [{ occurredAt: '2024-02-30T10:00:00Z' }, 'INVALID_TIME', '/occurredAt'],
    [{ occurredAt: '2026-06-16T10:00:00Z' }, 'IN_THE_FUTURE', '/occurredAt'],
    [{ identifiers: [] }, 'NEEDS_1_TO_10_IDENTIFIERS', '/identifiers'],
    [{ identifiers: [{ namespace: 'phone', value: '138****' }] }, 'INVALID_IDENTIFIER', '/identifiers/0/value'],
    [{ identifiers: [{ namespace: 'x', value: 'y' }] }, 'UNKNOWN_NAMESPACE', '/identifiers/0/namespace'],
    [{ identifiers: [{ namespace: 'login', value: 'null' }] }, 'JUNK_IDENTIFIER', '/identifiers/0/value'],
    [
      {
        identifiers: [
          { namespace: 'phone', value: '123' },
          { namespace: 'device', value: '00000000-0000-0000-0000-000000000000' },
        ],
      },
      'INVALID_IDENTIFIER',
      '/identifiers/0/value',
    ],
  ])('%o is rejected as %s at %s', (change, reason, pointer) => expect(check(change)).toMatchObject({ reason, pointer }))

  it.each([
    [{ identifiers: [{ namespace: 'phone', value: 'call me' }, ...good.identifiers] }, 'INVALID_IDENTIFIER', '/identifiers/0/value'],
    [{ identifiers: [...good.identifiers, { namespace: 'shoe_size', value: '42' }] }, 'UNKNOWN_NAMESPACE', '/identifiers/1/namespace'],
    [{ identifiers: [...good.identifiers, null] }, 'UNKNOWN_NAMESPACE', '/identifiers/1/namespace'],
    [
      {
        properties: [
          { key: 'Phone', value: '1' },
          { key: 'page', value: '/' },
        ],
      },
      'PERSONAL_DATA',
      '/properties/0',
    ],
    [{ properties: [{ key: 'note', value: 'call 139 1234 5678' }] }, 'PERSONAL_DATA', '/properties/0'],
    [{ properties: Array.from({ length: 51 }, (_, no) => ({ key: `k${no}`, value: '' })) }, 'TOO_MANY', '/properties/50'],
    [{ attributes: [{ key: 1, value: 'x' }] }, 'INVALID_PAIR', '/attributes/0'],
    [{ attributes: [{ key: 'city', value: '\ud800' }] }, 'INVALID_PAIR', '/attributes/0'],
    [{ attributes: 'x' }, 'INVALID_PAIR', '/attributes'],
    [{ referenceId: '../x' }, 'INVALID_REFERENCE', '/referenceId'],
    [{ details: [] }, 'INVALID_DETAIL', '/details'],
  ])('of %o only the bad part is left out, as %s at %s', (change, reason, pointer) => {
    const event = checkEvent({ ...good, ...change }, 's', now)
    expect(event).toMatchObject({ messageId: 'm', flaws: [{ reason, pointer }] })
    expect(event).toMatchObject({ claim: { identifiers: [{ namespace: 'phone', value: '+8613912345678', isVerified: true }] } })
  })

  it('carry which attributes the source has verified', () => {
    const attributes = [
      { key: 'city', value: '杭州', isVerified: true },
      { key: 'size', value: 'L', isVerified: 'yes' },
    ]
    expect(check({ attributes, properties: attributes.slice(0, 1) })).toMatchObject({ properties: { city: '杭州' } })
    expect((checkEvent({ ...good, attributes }, 's', now) as GoodEvent).claim.attributes).toEqual([
      attributes[0],
      { key: 'size', value: 'L' },
    ])
  })

  it('name one person, however the identifiers are spelled', () => {
    const named = (...values: string[]) =>
      (
        checkEvent(
          { ...good, identifiers: values.map((value) => ({ namespace: 'phone', value, isVerified: true })) },
          's',
          now,
        ) as GoodEvent
      ).claim
    const claim = named('13912345678')
    for (const spelling of ['+86 139 1234 5678', '0086-13912345678', '１３９１２３４５６７８']) expect(named(spelling)).toEqual(claim)
    expect(named('13912345678', '+8613912345678')).toEqual(claim)
    expect(named('13912345678-1').externalId).not.toBe(claim.externalId)
  })

  it('that are no objects are rejected', () => expect(checkEvent(null as never, 's', now)).toMatchObject({ reason: 'NOT_AN_OBJECT' }))
})
