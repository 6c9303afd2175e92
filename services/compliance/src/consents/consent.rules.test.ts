import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLOCK_TOLERANCE_MS, effectiveConsent, type Needs, statementTime } from './consent.rules.ts'
import type { Consent } from './consent.table.ts'

const now = new Date(2026, 5, 1)
const needs: Needs = { noticeVersion: 1, consentLevel: 'GENERAL', messageClass: 'COMMERCIAL', isDoubleOptIn: false, isForMinors: false }
const defaults = { profileId: 'p', identifierId: null, noticeVersion: 1, level: 'GENERAL', basis: 'CONSENT', isConfirmed: false } as const
let seq = 0
const fact = (status: Consent['status'], day: number, change: Partial<Consent> = {}): Consent =>
  ({ id: `f${++seq}`, seq, ...defaults, status, at: new Date(2026, 0, day), ...change }) as Consent
const address = { profileId: null, identifierId: 'i' }

describe('consent', () => {
  it.each([
    ['nothing is known', [], false, 'NO_CONSENT'],
    ['it was given', [fact('GRANTED', 1)], true, 'GRANTED'],
    ['it was withdrawn later', [fact('GRANTED', 1), fact('WITHDRAWN', 2)], false, 'WITHDRAWN'],
    ['it was given again', [fact('GRANTED', 1), fact('WITHDRAWN', 2), fact('GRANTED', 3)], true, 'GRANTED'],
    ['an older withdrawal arrives late', [fact('GRANTED', 3), fact('WITHDRAWN', 2)], true, 'GRANTED'],
    ['both were stated at one moment', [fact('GRANTED', 1), fact('WITHDRAWN', 1)], false, 'WITHDRAWN'],
    ['both were stated at one moment, and the withdrawal arrived first', [fact('WITHDRAWN', 1), fact('GRANTED', 1)], false, 'WITHDRAWN'],
    ['the notice has changed', [fact('GRANTED', 1, { noticeVersion: 0 })], false, 'STALE_NOTICE'],
    ['another profile of the person withdrew', [fact('GRANTED', 5), fact('WITHDRAWN', 1, { profileId: 'q' })], false, 'WITHDRAWN'],
    ['one of two profiles agreed', [fact('GRANTED', 1, { profileId: 'q' })], true, 'GRANTED'],
    ['the address was withdrawn', [fact('GRANTED', 5), fact('WITHDRAWN', 1, address)], false, 'WITHDRAWN'],
    ['the address was withdrawn, and given again', [fact('WITHDRAWN', 1, address), fact('GRANTED', 2, address)], true, 'GRANTED'],
    ['it ended', [fact('GRANTED', 1, { expiresAt: now })], false, 'EXPIRED'],
    ['it ends later', [fact('GRANTED', 1, { expiresAt: new Date(now.getTime() + 1) })], true, 'GRANTED'],
    [
      'it ended, and another profile agrees',
      [fact('GRANTED', 1, { expiresAt: now }), fact('GRANTED', 1, { profileId: 'q' })],
      true,
      'GRANTED',
    ],
  ])('when %s', (_when, facts, isAllowed, reason) => {
    for (const order of [facts, facts.toReversed()]) expect(effectiveConsent(order, needs, now)).toMatchObject({ isAllowed, reason })
  })

  it.each<[string, Partial<Needs>, Partial<Consent>, string]>([
    ['a separate consent, by a general one', { consentLevel: 'SEPARATE' }, {}, 'LEVEL_TOO_LOW'],
    ['a separate consent, by a written one', { consentLevel: 'SEPARATE' }, { level: 'WRITTEN' }, 'GRANTED'],
    ['a written consent, by a separate one', { consentLevel: 'WRITTEN' }, { level: 'SEPARATE' }, 'LEVEL_TOO_LOW'],
    ['a double opt-in, by a single one', { isDoubleOptIn: true }, {}, 'NOT_CONFIRMED'],
    ['a double opt-in, by a confirmed one', { isDoubleOptIn: true }, { isConfirmed: true }, 'GRANTED'],
    ['a guardian, without one', { isForMinors: true }, {}, 'NO_GUARDIAN'],
    ['a guardian, with one', { isForMinors: true }, { guardianProfileId: 'g' }, 'GRANTED'],
    ['consent to marketing, on a contract', {}, { basis: 'CONTRACT' }, 'BASIS_NOT_CONSENT'],
    ['a part of a service, on a contract', { messageClass: 'TRANSACTIONAL' }, { basis: 'CONTRACT' }, 'GRANTED'],
  ])('is judged by a purpose that needs %s', (_what, more, change, reason) => {
    expect(effectiveConsent([fact('GRANTED', 1, change)], { ...needs, ...more }, now)).toMatchObject({
      isAllowed: reason === 'GRANTED',
      reason,
    })
  })

  it('of two merged people never allows more than either did', () => {
    const facts = (profileId: string) =>
      fc
        .array(fc.tuple(fc.constantFrom('GRANTED' as const, 'WITHDRAWN' as const), fc.integer({ min: 1, max: 28 })), { maxLength: 4 })
        .map((list) => list.map(([status, day]) => fact(status, day, { profileId })))
    fc.assert(
      fc.property(facts('p'), facts('q'), (p, q) => {
        const [one, other, both] = [p, q, [...p, ...q]].map((list) => effectiveConsent(list, needs, now))
        if (one!.reason === 'WITHDRAWN' || other!.reason === 'WITHDRAWN') expect(both!.isAllowed).toBe(false)
        if (both!.isAllowed) expect(one!.isAllowed || other!.isAllowed).toBe(true)
      }),
    )
  })
})

describe('the time of a statement', () => {
  const at = (ms: number) => new Date(1_000_000 + ms)
  const [past, current, ahead, last] = [at(-CLOCK_TOLERANCE_MS - 1), at(0), at(500), at(3)]
  it.each<[string, Consent['status'], Date | undefined, Date | undefined, Date]>([
    ['that was made earlier is the given one, whatever came after', 'GRANTED', past, last, past],
    ['of a withdrawal that was made earlier is the given one', 'WITHDRAWN', past, last, past],
    ['that is made now is now', 'GRANTED', undefined, past, current],
    ['in the future is now', 'GRANTED', ahead, past, current],
    ['of a withdrawal by a clock that is behind is now', 'WITHDRAWN', at(-CLOCK_TOLERANCE_MS), at(-1), current],
    ['of a consent by a clock that is behind is the given one: it may be an old one', 'GRANTED', at(-1_000), at(-1), at(-1_000)],
    ['of a consent is later than the last stored one', 'GRANTED', undefined, last, at(4)],
    ['of a consent is later than one of the same moment', 'GRANTED', undefined, current, at(1)],
    ['of a withdrawal is not earlier than the last stored one', 'WITHDRAWN', undefined, last, last],
    ['in the future is not earlier than the last stored one', 'WITHDRAWN', ahead, last, last],
  ])('%s', (_what, status, stated, stored, wanted) => expect(statementTime(status, stated, current, stored)).toEqual(wanted))
})
