import { describe, expect, it } from 'vitest'
import { grade, normalise } from './identifier.rules.ts'

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

  it('of two apps never have the same key, and only proven ones prove a person', () => {
    expect(normalise({ namespace: 'openid@a', value: 'x' }).namespace).not.toBe(normalise({ namespace: 'openid@b', value: 'x' }).namespace)
    expect(grade({ namespace: 'phone', value: '13912345678' })).toMatchObject({ tier: 2 })
    expect(grade({ namespace: 'phone', value: '13912345678', verifiedAt: proven })).toMatchObject({ tier: 1 })
    expect(grade({ namespace: 'phone', value: '13912345678-1', verifiedAt: proven })).toMatchObject({
      tier: 3,
      value: '+8613912345678;ext=1',
    })
  })

  it('that mean nobody hold nobody, and can be looked up where they were stored before', () => {
    expect(grade({ namespace: 'phone', value: '13800138000', verifiedAt: proven })).toMatchObject({ code: 'JUNK_IDENTIFIER' })
    expect(normalise({ namespace: 'phone', value: '13800138000' })).toMatchObject({ value: '+8613800138000' })
  })
})
