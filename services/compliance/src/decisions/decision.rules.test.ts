import { describe, expect, it } from 'vitest'
import type { Consent } from '../consents/consent.table.ts'
import { hasOtherTerms, isChanged } from '../purposes/purpose.rules.ts'
import { decide, effectiveConsents, type Terms } from './decision.rules.ts'

/** Terms that every consent to the first notice meets. */
const plain = { noticeVersion: 1, consentLevel: 'GENERAL' as const, isDoubleOptIn: false, isForMinors: false }
const now = new Date(1_000_000)
const purposes = new Map<string, Terms>(
  [
    { key: 'news', messageClass: 'COMMERCIAL' as const, isRequired: false },
    { key: 'offers', messageClass: 'COMMERCIAL' as const, isRequired: false },
    { key: 'service', messageClass: 'TRANSACTIONAL' as const, isRequired: false },
    { key: 'recall', messageClass: 'TRANSACTIONAL' as const, isRequired: true },
    { key: 'old_news', messageClass: 'COMMERCIAL' as const, isRequired: false, archivedAt: new Date(0) },
    { key: 'old_recall', messageClass: 'TRANSACTIONAL' as const, isRequired: true, archivedAt: new Date(0) },
  ].map((terms) => [terms.key, { archivedAt: null, ...terms, ...plain }]),
)

let seq = 0
const defaults = { profileId: 'p', channel: 'EMAIL', noticeVersion: 1, level: 'GENERAL', basis: 'CONSENT', isConfirmed: false } as const
const fact = (status: Consent['status'], purpose: string, change: Partial<Consent> = {}): Consent =>
  ({ id: `f${++seq}`, seq, ...defaults, purpose, status, at: new Date(seq), ...change }) as Consent
const yes = (purpose: string, change?: Partial<Consent>) => fact('GRANTED', purpose, change)
const no = (purpose: string, change?: Partial<Consent>) => fact('WITHDRAWN', purpose, change)

describe('the send gate', () => {
  // Known answers: spec/law.md, Valid consent, Withdrawal and Marketing messages.
  it.each<[string, string, Consent[], boolean, string]>([
    ['a purpose that nobody defined', 'other', [yes('other')], false, 'UNKNOWN_PURPOSE'],
    ['marketing, nothing known', 'news', [], false, 'NO_CONSENT'],
    ['marketing, agreed to', 'news', [yes('news')], true, 'CONSENT_GRANTED'],
    ['marketing, another purpose agreed to', 'news', [yes('offers')], false, 'NO_CONSENT'],
    ['marketing, agreed to by an older notice', 'news', [yes('news', { noticeVersion: 0 })], false, 'STALE_NOTICE'],
    ['marketing, withdrawn', 'news', [yes('news'), no('news')], false, 'WITHDRAWN'],
    ['marketing, another purpose withdrawn', 'news', [yes('news'), no('offers')], true, 'CONSENT_GRANTED'],
    ['a receipt, nothing known', 'service', [], true, 'TRANSACTIONAL'],
    ['a receipt, agreed to by an older notice', 'service', [yes('service', { noticeVersion: 0 })], true, 'TRANSACTIONAL'],
    ['a receipt, withdrawn itself', 'service', [no('service')], false, 'WITHDRAWN'],
    ['a receipt, withdrawn by another profile', 'service', [yes('service'), no('service', { profileId: 'q' })], false, 'WITHDRAWN'],
    ['a receipt, all marketing withdrawn', 'service', [no('news')], false, 'WITHDRAWN_MARKETING'],
    ['a receipt, both kinds of marketing withdrawn', 'service', [no('news'), no('offers')], false, 'WITHDRAWN_MARKETING'],
    ['a receipt, some marketing withdrawn', 'service', [no('news'), yes('offers')], true, 'TRANSACTIONAL'],
    [
      'a receipt, other marketing agreed to by an older notice',
      'service',
      [no('news'), yes('offers', { noticeVersion: 0 })],
      false,
      'WITHDRAWN_MARKETING',
    ],
    ['a receipt, marketing withdrawn and agreed to again', 'service', [no('news'), yes('news')], true, 'TRANSACTIONAL'],
    ['a receipt, agreed to itself, all marketing withdrawn', 'service', [yes('service'), no('news')], true, 'CONSENT_GRANTED'],
    ['a receipt, another one withdrawn', 'service', [no('recall')], true, 'TRANSACTIONAL'],
    ['a message that law requires, nothing known', 'recall', [], true, 'REQUIRED'],
    ['a message that law requires, all marketing withdrawn', 'recall', [no('news')], true, 'REQUIRED'],
    ['a message that law requires, withdrawn itself', 'recall', [no('recall')], true, 'REQUIRED'],
    ['marketing of an archived purpose, agreed to', 'old_news', [yes('old_news')], false, 'PURPOSE_ARCHIVED'],
    ['a message that law required, of an archived purpose', 'old_recall', [], false, 'PURPOSE_ARCHIVED'],
    ['a receipt, archived marketing withdrawn', 'service', [no('old_news')], false, 'WITHDRAWN_MARKETING'],
    ['a receipt, only archived marketing agreed to', 'service', [no('news'), yes('old_news')], false, 'WITHDRAWN_MARKETING'],
  ])('answers %s', (_what, purpose, facts, isAllowed, reason) => {
    for (const order of [facts, facts.toReversed()])
      expect(decide(purpose, purposes, order, now)).toMatchObject({ isAllowed, reasons: [reason] })
  })

  it('names the facts that decided', () => {
    const [news, offers] = [no('news'), yes('offers', { noticeVersion: 0 })]
    expect(decide('service', purposes, [news, offers], now).facts).toEqual([news])
    expect(decide('news', purposes, [news, offers], now).facts).toEqual([news])
  })

  it('returns for each purpose and channel the state that it decides by', () => {
    const facts = [yes('service', { noticeVersion: 0 }), no('news'), no('recall', { channel: 'SMS' })]
    expect(effectiveConsents(facts, purposes, now)).toMatchObject([
      { purpose: 'service', channel: 'EMAIL', isAllowed: false, reason: 'WITHDRAWN_MARKETING', since: facts[1]!.at },
      { purpose: 'news', channel: 'EMAIL', isAllowed: false, reason: 'WITHDRAWN', since: facts[1]!.at },
      { purpose: 'recall', channel: 'SMS', isAllowed: true, reason: 'REQUIRED', since: facts[2]!.at },
    ])
  })
})

describe('the terms of a purpose', () => {
  const terms = { name: 'n', ...plain, messageClass: 'COMMERCIAL' as const, isRequired: false }
  it('are other terms when any of them changes, and the name is a change without other terms', () => {
    expect(hasOtherTerms(undefined, terms)).toBe(true)
    expect([hasOtherTerms(terms, { ...terms }), isChanged(terms, { ...terms })]).toEqual([false, false])
    expect([hasOtherTerms(terms, { ...terms, name: 'm' }), isChanged(terms, { ...terms, name: 'm' })]).toEqual([false, true])
    const changes = [
      { consentLevel: 'WRITTEN' as const },
      { messageClass: 'TRANSACTIONAL' as const },
      { isRequired: true },
      { isDoubleOptIn: true },
      { isForMinors: true },
      { noticeVersion: 2 },
    ]
    for (const change of changes) {
      const after = { ...terms, ...change }
      expect([hasOtherTerms(terms, after), isChanged(terms, after)]).toEqual([true, true])
    }
  })
})
