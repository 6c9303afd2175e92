import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { effectiveConsent } from './consent.rules.ts'
import type { Consent } from './consent.table.ts'

let seq = 0
const fact = (status: Consent['status'], day: number, change: Partial<Consent> = {}): Consent =>
  ({ id: `f${++seq}`, seq, profileId: 'p', status, noticeVersion: 1, at: new Date(2026, 0, day), ...change }) as Consent

describe('consent', () => {
  it.each([
    ['nothing is known', [], false, 'NO_CONSENT'],
    ['it was given', [fact('GRANTED', 1)], true, 'GRANTED'],
    ['it was withdrawn later', [fact('GRANTED', 1), fact('WITHDRAWN', 2)], false, 'WITHDRAWN'],
    ['it was given again', [fact('GRANTED', 1), fact('WITHDRAWN', 2), fact('GRANTED', 3)], true, 'GRANTED'],
    ['an older withdrawal arrives late', [fact('GRANTED', 3), fact('WITHDRAWN', 2)], true, 'GRANTED'],
    ['both were stated at one moment', [fact('GRANTED', 1), fact('WITHDRAWN', 1)], false, 'WITHDRAWN'],
    ['the notice has changed', [fact('GRANTED', 1, { noticeVersion: 0 })], false, 'STALE_NOTICE'],
    ['another profile of the person withdrew', [fact('GRANTED', 5), fact('WITHDRAWN', 1, { profileId: 'q' })], false, 'WITHDRAWN'],
    ['one of two profiles agreed', [fact('GRANTED', 1, { profileId: 'q' })], true, 'GRANTED'],
  ])('when %s', (_when, facts, isAllowed, reason) => {
    for (const order of [facts, facts.toReversed()]) expect(effectiveConsent(order, 1)).toMatchObject({ isAllowed, reason })
  })

  it('of two merged people never allows more than either did', () => {
    const facts = (profileId: string) =>
      fc
        .array(fc.tuple(fc.constantFrom('GRANTED' as const, 'WITHDRAWN' as const), fc.integer({ min: 1, max: 28 })), { maxLength: 4 })
        .map((list) => list.map(([status, day]) => fact(status, day, { profileId })))
    fc.assert(
      fc.property(facts('p'), facts('q'), (p, q) => {
        const [one, other, both] = [p, q, [...p, ...q]].map((list) => effectiveConsent(list, 1))
        if (one!.reason === 'WITHDRAWN' || other!.reason === 'WITHDRAWN') expect(both!.isAllowed).toBe(false)
        if (both!.isAllowed) expect(one!.isAllowed || other!.isAllowed).toBe(true)
      }),
    )
  })
})
