import { describe, expect, it } from 'vitest'
import { amountOf, readAmount } from './amounts.rules.ts'
import { type DayFormat, dayOf } from './days.rules.ts'
import { regionName, regionOf } from './regions.rules.ts'
import { type Folding, foldedBy, isSpreadsheetNumber, optionOf } from './texts.rules.ts'

describe('an address', () => {
  it.each([
    ['广东省深圳市南山区科技园路1号', '440305'],
    ['广东深圳南山区科技园', '440305'],
    ['广东省南山区科技园', '440305'],
    ['　北京市　朝阳区建国路８８号', '110105'],
    ['北京市北京市朝阳区', '110105'],
    ['中国上海市浦东新区', '310115'],
    ['湖北省仙桃市', '429004'],
    ['重庆市城口县', '500229'],
    ['内蒙古呼和浩特市', '150100'],
    ['新疆维吾尔自治区石河子市', '659001'],
    ['青海省海南藏族自治州共和县', '632521'],
    ['海南藏族自治州', '632500'],
    ['吉林市昌邑区', '220202'],
    ['吉林省', '220000'],
    ['杭州西湖区文三路', '330106'],
    ['浙江省文三路1号', '330000'],
    ['南京上海路12号', '320100'],
    ['香港特别行政区', '810000'],
    ['330106', '330106'],
  ])('%s has the code %s', (text, code) => {
    expect(regionOf(text)).toBe(code)
  })

  it('is refused where its name is the one of several places, or of none', () => {
    expect(['朝阳区建国路', '鼓楼区', '南山区科技园'].map(regionOf)).toEqual(['AMBIGUOUS', 'AMBIGUOUS', 'AMBIGUOUS'])
    expect(['上海路12号', '文三路1号', '999999', '429000', '', 'Baker Street'].map(regionOf)).toEqual(Array(6).fill(undefined))
  })

  it('is shown by its names', () => {
    expect(['440305', '110105', '429004', '220000', '000000'].map(regionName)).toEqual([
      '广东省 深圳市 南山区',
      '北京市 朝阳区',
      '湖北省 仙桃市',
      '吉林省',
      '',
    ])
  })
})

describe('a day', () => {
  const both: DayFormat[] = ['DAY_MONTH_YEAR', 'MONTH_DAY_YEAR']
  it.each([
    ['2024-02-29', [], '2024-02-29'],
    ['２０２４－０２－２９', [], '2024-02-29'],
    ['2023-02-29', [], undefined],
    ['2024/2/9', [], undefined],
    ['2024/2/9', ['YEAR_MONTH_DAY'], '2024-02-09'],
    ['2024年2月9日', ['YEAR_MONTH_DAY'], '2024-02-09'],
    ['20240209', ['DIGITS'], '2024-02-09'],
    ['45331', ['DIGITS', 'YEAR_MONTH_DAY'], undefined],
    ['03/04/2024', ['MONTH_DAY_YEAR'], '2024-03-04'],
    ['03/04/2024', ['DAY_MONTH_YEAR'], '2024-04-03'],
    ['03/04/2024', both, 'AMBIGUOUS'],
    ['13/04/2024', both, '2024-04-13'],
    ['04/04/2024', both, '2024-04-04'],
    ['03/04-2024', both, undefined],
    ['03/04/24', both, undefined],
  ] as [string, DayFormat[], string | undefined][])('%s by %s is %s', (text, formats, day) => {
    expect(dayOf(text, formats)).toBe(day)
  })
})

describe('an amount', () => {
  it.each([
    ['1234.5 CNY', null, '1234.50 CNY'],
    ['cny 1,234.50', null, '1234.50 CNY'],
    ['¥1，234.50', 'CNY', '1234.50 CNY'],
    ['12元', 'CNY', '12.00 CNY'],
    ['￥12', 'JPY', '12 JPY'],
    ['-0.5', 'CNY', '-0.50 CNY'],
    ['12', null, 'NO_CURRENCY'],
    ['¥12', null, 'NO_CURRENCY'],
    ['$12', 'CNY', undefined],
    ['USD 12', 'CNY', '12.00 USD'],
    ['12.345', 'CNY', undefined],
    ['1,23', 'CNY', undefined],
    ['1,234', 'KWD', undefined],
    ['12 XYZ', null, undefined],
    ['USD 12 CNY', null, undefined],
    ['1.2E+5', 'CNY', undefined],
    ['', 'CNY', undefined],
  ])('%s with the currency %s is %s', (text, currency, amount) => {
    expect(amountOf(text, currency)).toBe(amount)
  })

  it('is read back', () => {
    expect(['1234.50 CNY', '12 JPY', '12'].map(readAmount)).toEqual([
      { amount: '1234.50', currency: 'CNY' },
      { amount: '12', currency: 'JPY' },
      undefined,
    ])
  })
})

describe('a text', () => {
  it.each([
    ['NONE', ' Ａb ', ' Ａb '],
    ['WIDTH', ' Ａb　 c ', 'Ab c'],
    ['WIDTH_AND_CASE', 'ＡB', 'ab'],
    ['NAME', ' 王　\u200b薇\u202c', '王薇'],
    ['NAME', 'Anna  Maria', 'Anna Maria'],
  ] as [Folding, string, string][])('is folded by %s', (folding, text, expected) => {
    expect(foldedBy(folding, text)).toBe(expected)
  })

  it('means the only option that differs in width and case', () => {
    expect(optionOf(['Small', 'Large'], 'ＬＡＲＧＥ')).toBe('Large')
    expect(optionOf(['a', 'A'], 'ａ')).toBeUndefined()
    expect(optionOf(['a', 'A'], 'A')).toBe('A')
  })

  it('is recognised as a number of a spreadsheet', () => {
    expect(['1.39123E+10', '１.３９e10', '13912345678.0', '13912345678', '1.5', 'E10'].map(isSpreadsheetNumber)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ])
  })
})
