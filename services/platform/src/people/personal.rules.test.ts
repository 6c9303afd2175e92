import { expect, it } from 'vitest'
import { isPersonalKey, isPersonalText } from './personal.rules.ts'

it.each([
  '13912345678',
  'call 139-1234-5678 now',
  '/u/+8613912345678',
  '１３９１２３４５６７８',
  'to a.b@mail.example',
  'a@例子.中国',
  'no. 11010519491231002X',
])('%s is personal', (text) => expect(isPersonalText(text)).toBe(true))
it.each(['/p/42', '1391234567', '139123456789', '1700000000000', '@home', 'a@b', '110105194912310021', 'SKU-1'])(
  '%s is not personal',
  (text) => expect(isPersonalText(text)).toBe(false),
)
it.each(['Phone', 'mobile', 'user_name', 'receiver_phone', 'full name'.replace(' ', '_'), '手机号', 'idCard', 'birthday'])(
  'key %s is personal',
  (key) => expect(isPersonalKey(key)).toBe(true),
)
it.each(['page', 'product_name', 'title', 'utm_campaign', 'host_name'])('key %s is not personal', (key) =>
  expect(isPersonalKey(key)).toBe(false),
)
