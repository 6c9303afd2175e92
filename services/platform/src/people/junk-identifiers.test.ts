import { describe, expect, it } from 'vitest'
import { isJunk, JUNK } from './junk-identifiers.rules.ts'

describe('values that are nobody', () => {
  it.each([
    '',
    ' ',
    '-',
    '--',
    '/',
    '0',
    '000',
    '0.0',
    'null',
    'NULL',
    'N/A',
    'ｎ／ａ',
    'None',
    '无',
    '游客',
    '匿名',
    '00000000-0000-0000-0000-000000000000',
    '#REF!',
    '#N/A',
    '#NAME?',
    '#DIV/0!',
    '\\N',
    'TRUE',
    'false',
    '{{customer_id}}',
    '${id}',
    '%s',
    '(not set)',
    'Walk-in Customer',
    '未登录',
    '非会员',
  ])('%j is nobody of any kind', (value) => {
    for (const kind of Object.keys(JUNK)) expect(isJunk(kind, value), kind).toBe(true)
  })

  it.each([
    ['phone', '13800138000'],
    ['phone', '+86 138-0013-8000'],
    ['phone', '008613800138000'],
    ['phone', '11111111111'],
    ['phone', '000-0000-0000'],
    ['phone', '+000000000'],
    ['email', 'Test@Test.com'],
    ['device', '9774d56d682e549c'],
    ['buyer_id@90210001', '-1'],
  ])('%s %s is nobody', (kind, value) => expect(isJunk(kind, value)).toBe(true))

  it.each([
    ['phone', '13912345678'],
    ['phone', '13800138001'],
    ['email', 'wang.wu@mail.example'],
    ['email', 'test@qq.example'],
    ['buyer_id@90210001', '7'],
    ['member_card@1', '100'],
    ['member_card@1', '0001'],
    ['login', 'null.pointer'],
    ['login', 'truelove'],
    ['member_card@1', '#1'],
    ['login', '会员'],
    ['login', '王小明'],
    ['external_userid@corp', 'wmNobody0'],
  ])('%s %s is somebody', (kind, value) => expect(isJunk(kind, value)).toBe(false))
})
