import { describe, expect, it } from 'vitest'
import { checkEvent } from './event.rules.ts'

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
    [{ properties: [{ key: 'Phone', value: '1' }] }, 'PERSONAL_DATA', '/properties/0'],
    [{ attributes: [{ key: 1, value: 'x' }] }, 'INVALID_PAIR', '/attributes/0'],
    [{ referenceId: '../x' }, 'INVALID_REFERENCE', '/referenceId'],
  ])('%o is rejected as %s at %s', (change, reason, pointer) => expect(check(change)).toMatchObject({ reason, pointer }))

  it('that are no objects are rejected', () => expect(checkEvent(null as never, 's', now)).toMatchObject({ reason: 'NOT_AN_OBJECT' }))
})
