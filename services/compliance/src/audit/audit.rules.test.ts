import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { effectiveConsent } from '../consents/consent.rules.ts'
import type { Consent } from '../consents/consent.table.ts'
import { type Action, checkRun, GENESIS, hashEntry } from './audit.rules.ts'
import type { AuditEntry } from './audit.table.ts'

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
    ['both were said at one moment', [fact('GRANTED', 1), fact('WITHDRAWN', 1)], false, 'WITHDRAWN'],
    ['the notice has changed', [fact('GRANTED', 1, { noticeVersion: 0 })], false, 'STALE_NOTICE'],
    ['another profile of the person withdrew', [fact('GRANTED', 5), fact('WITHDRAWN', 1, { profileId: 'q' })], false, 'WITHDRAWN'],
    ['one of two profiles agreed', [fact('GRANTED', 1, { profileId: 'q' })], true, 'GRANTED'],
  ])('when %s', (_when, facts, isAllowed, reason) => {
    for (const order of [facts, facts.toReversed()]) expect(effectiveConsent(order, 1)).toMatchObject({ isAllowed, reason })
  })

  it('of two merged people is never more than either had', () => {
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

describe('the audit chain', () => {
  const action = (no: number): Action => ({
    action: `a${no}`,
    actorKind: 'STAFF',
    actorId: 'x',
    targetId: 'y',
    inputDigest: Buffer.from([no]),
    at: new Date(no * 1_000),
  })
  const chain = (length: number): AuditEntry[] => {
    const entries: AuditEntry[] = []
    let hash = GENESIS as Buffer
    for (let no = 1; no <= length; no++) {
      hash = hashEntry('t', no, action(no), hash)
      entries.push({ tenantId: 't', seq: no, ...action(no), hash })
    }
    return entries
  }
  const start = { seq: 0, hash: GENESIS as Buffer }

  it('holds as it was written', () => expect(checkRun('t', chain(20), start)).toMatchObject({ seq: 20 }))

  it('breaks behind an entry that was rewritten together with its hash', () => {
    const entries = chain(20)
    const forged = { ...entries[6]!, targetId: 'other' }
    entries[6] = { ...forged, hash: hashEntry('t', 7, forged, entries[5]!.hash) }
    expect(checkRun('t', entries, start)).toEqual({ firstBadSeq: 8, problem: 'HASH' })
  })

  it('names the first entry that was changed, removed, swapped or moved to another tenant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 19 }), fc.constantFrom('change', 'remove', 'swap'), (at, how) => {
        const entries = chain(20)
        if (how === 'change') entries[at - 1] = { ...entries[at - 1]!, targetId: 'other' }
        if (how === 'remove') entries.splice(at - 1, 1)
        if (how === 'swap')
          [entries[at - 1], entries[at]] = [
            { ...entries[at]!, seq: at },
            { ...entries[at - 1]!, seq: at + 1 },
          ]
        expect(checkRun('t', entries, start)).toMatchObject({ firstBadSeq: at })
      }),
    )
    expect(checkRun('u', chain(3), start)).toMatchObject({ firstBadSeq: 1, problem: 'HASH' })
  })
})
