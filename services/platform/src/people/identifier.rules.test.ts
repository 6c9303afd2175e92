import { expect, it } from 'vitest'
import { spell } from './identifier.rules.ts'
import { isJunk } from './junk-identifiers.rules.ts'

const written = (namespace: string, value: string) => {
  const spelled = spell(namespace, value)
  return 'code' in spelled ? spelled.code : spelled.value
}

it.each([
  [
    ['13912345678', '139 1234 5678', '139-1234-5678', '+86 13912345678', '0086-13912345678', '8613912345678', '+86 (0)139 1234 5678'],
    '+8613912345678',
  ],
  [
    [
      '（+86）13912345678',
      '＋８６１３９１２３４５６７８',
      ' 139\u00a01234\u00a05678 ',
      '\u202a13912345678\u202c',
      '\u200b13912345678\ufeff',
    ],
    '+8613912345678',
  ],
  [['+852 9123 4567', '00852-91234567'], '+85291234567'],
  [['021-62345678', '+86 21 6234 5678', '(021)62345678'], '+862162345678'],
  [
    [
      '13800138000-1234',
      '13800138000转1234',
      '13800138000 ext. 1234',
      '138 0013 8000,1234',
      '+8613800138000;ext=1234',
      '13800138000 分机：1234',
    ],
    '+8613800138000;ext=1234',
  ],
  [['021-62345678-801', '021 62345678 x801', '+862162345678#801'], '+862162345678;ext=801'],
])('phones %j are written %s', (phones, one) => {
  for (const phone of phones) expect(written('phone', phone), phone).toBe(one)
  expect(written('phone', one)).toBe(one)
})

it('three people behind one relay number stay three, and none of them is the number without an extension', () => {
  const all = ['13800138001', '13800138001-1', '13800138001转2', '13800138001 ext 3'].map((phone) => written('phone', phone))
  expect(new Set(all).size).toBe(4)
  expect(all).not.toContain('INVALID_IDENTIFIER')
})

it.each([
  '13912345678/13912345679',
  '13912345678,13912345679',
  '139123456',
  '13912345678901',
  '+861391234567a',
  'phone',
  '1'.repeat(50) + '2',
])('phone %s is refused', (phone) => expect(written('phone', phone)).toBe('INVALID_IDENTIFIER'))

it.each([
  [' Zhang.San@Example.COM ', 'zhang.san@example.com'],
  ['Ｚｈａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'zhang@example.com'],
  ['a@例子.中国', 'a@xn--fsqu00a.xn--fiqs8s'],
  ['a@例子。中国', 'a@xn--fsqu00a.xn--fiqs8s'],
  ['a@XN--FSQU00A.xn--fiqs8s', 'a@xn--fsqu00a.xn--fiqs8s'],
  ['a+news@mail.example', 'a+news@mail.example'],
  ['\u202aa@mail.example\u202c', 'a@mail.example'],
  ['a@mail.example/b', 'INVALID_IDENTIFIER'],
  ['a@mail.example?b', 'INVALID_IDENTIFIER'],
  ['a@1.2', 'INVALID_IDENTIFIER'],
])('e-mail %s is written %s', (email, one) => expect(written('email', email)).toBe(one))

it.each([
  ['login', '0'],
  ['login', 'NULL'],
  ['buyer_id@shop', '无'],
  ['buyer_id@shop', ' － '],
  ['member_card@shop', '000000'],
  ['member_card@shop', '888888'],
  ['anonymous_id', 'Unknown'],
  ['anonymous_id', '00000000-0000-0000-0000-000000000000'],
  ['device', '9774D56D682E549C'],
  ['device', '00000000-0000-0000-0000-000000000000'],
  ['device', '02:00:00:00:00:00'],
  ['phone', '138 0013 8000'],
  ['phone', '11111111111'],
  ['email', 'Test@Test.com'],
  ['telegram_id', '0'],
  ['email', 'no-reply@mail.example'],
])('%s %s means nobody', (namespace, value) => expect(written(namespace, value)).toBe('JUNK_IDENTIFIER'))

it.each([
  ['login', '1'],
  ['login', 'nullius'],
  ['login', '100000'],
  ['buyer_id@shop', '00000001'],
  ['device', '9774d56d682e549d'],
  ['phone', '13800138001'],
  ['email', 'test@mail.example'],
])('%s %s is somebody', (namespace, value) => expect(written(namespace, value)).toBe(value === '13800138001' ? '+8613800138001' : value))

it('junk is junk in any case, width and kind', () => {
  expect(isJunk('PHONE', 'ＮＵＬＬ')).toBe(true)
  expect(isJunk('a kind of tomorrow', 'N/A')).toBe(true)
})

it.each([
  ['shoe_size', '42'],
  ['openid', 'x'],
  ['openid@', 'x'],
  ['phone@app', '13912345678'],
  ['toString', 'x'],
  [7, 'x'],
])('namespace %s is refused', (namespace, value) =>
  expect(spell(namespace, value)).toMatchObject({ code: 'UNKNOWN_NAMESPACE', field: 'namespace' }),
)
