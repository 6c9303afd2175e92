import { expect, it } from 'vitest'
import type { Flaw } from './flaw.ts'
import { readDetails } from './read-details.ts'

const read = (given: unknown) => {
  const flaws: Flaw[] = []
  return { details: readDetails(given, flaws), flaws }
}

it('are read with their types', () => {
  const given = {
    productId: 'P-1',
    sku: 'P-1/red',
    categoryId: 'shoes',
    amount: { amount: '-19.99', currency: 'CNY' },
    campaignRef: 'spring_2026',
    contentId: 'article:7',
    urlPath: 'https://shop.example/p/%E9%9E%8B?phone=13912345678#top',
    duration: 'PT1M5S',
    extras: [
      { key: 'rating', number: 4.5 },
      { key: 'size', code: 'XL', number: null },
      { key: 'is_gift', boolean: false },
      { key: 'slot', time: '2026-02-03T10:00:00+08:00' },
    ],
  }
  expect(read(given)).toEqual({
    details: {
      productId: 'P-1',
      sku: 'P-1/red',
      categoryId: 'shoes',
      amountMinor: -1999,
      currency: 'CNY',
      campaignRef: 'spring_2026',
      contentId: 'article:7',
      urlPath: '/p/%E9%9E%8B',
      durationS: 65,
      extras: [
        { key: 'rating', number: 4.5 },
        { key: 'size', code: 'XL' },
        { key: 'is_gift', boolean: false },
        { key: 'slot', time: '2026-02-03T02:00:00.000Z' },
      ],
    },
    flaws: [],
  })
})

it.each([undefined, null, {}, { productId: null }])('of %o are none', (given) => expect(read(given)).toEqual({ details: null, flaws: [] }))

it.each([
  [{ productId: '' }, '/details/productId'],
  [{ productId: 'a'.repeat(65) }, '/details/productId'],
  [{ sku: 'two words' }, '/details/sku'],
  [{ sku: 7 }, '/details/sku'],
  [{ amount: { amount: '1.999', currency: 'CNY' } }, '/details/amount'],
  [{ amount: { amount: '99999999999999.99', currency: 'CNY' } }, '/details/amount'],
  [{ amount: { amount: '1', currency: 'XYZ' } }, '/details/amount'],
  [{ amount: 5 }, '/details/amount'],
  [{ duration: 'P366D' }, '/details/duration'],
  [{ duration: 'P1M' }, '/details/duration'],
  [{ duration: -1 }, '/details/duration'],
  [{ urlPath: 'p/1' }, '/details/urlPath'],
  [{ urlPath: `/${'a'.repeat(512)}` }, '/details/urlPath'],
  [{ urlPath: 'javascript:alert(1)' }, '/details/urlPath'],
  [{ 'x/y~z': 1 }, '/details/x~1y~0z'],
  [{ extras: {} }, '/details/extras'],
  [{ extras: [null] }, '/details/extras/0'],
  [{ extras: [{ key: 'A', number: 1 }] }, '/details/extras/0'],
  [{ extras: [{ key: 'a' }] }, '/details/extras/0'],
  [{ extras: [{ key: 'a', number: 1, boolean: true }] }, '/details/extras/0'],
  [{ extras: [{ key: 'a', number: 1e16 }] }, '/details/extras/0'],
  [{ extras: [{ key: 'a', number: -1e16 }] }, '/details/extras/0'],
  [{ extras: [{ key: 'a', number: Number.NaN }] }, '/details/extras/0'],
  [{ extras: [{ key: 'a', number: '1' }] }, '/details/extras/0'],
  [{ extras: [{ key: 'a', time: '1989-12-31T23:59:59Z' }] }, '/details/extras/0'],
  [{ extras: [{ key: 'a', time: '2100-01-01T00:00:00Z' }] }, '/details/extras/0'],
  [{ extras: [{ key: 'a', code: '王秘密' }] }, '/details/extras/0/code'],
])('%j is left out and named, and the rest stays', (given, pointer) =>
  expect(read({ contentId: 'c', ...given })).toEqual({ details: { contentId: 'c' }, flaws: [{ reason: 'INVALID_DETAIL', pointer }] }),
)

it.each([
  [{ productId: '13912345678' }, '/details/productId'],
  [{ urlPath: '/u/a%40mail.example' }, '/details/urlPath'],
  [{ extras: [{ key: 'phone', number: 1 }] }, '/details/extras/0/key'],
  [{ extras: [{ key: 'a', code: '+86-13912345678'.replace('+', '') }] }, '/details/extras/0/code'],
])('%j is personal', (given, pointer) => expect(read(given)).toEqual({ details: null, flaws: [{ reason: 'PERSONAL_DATA', pointer }] }))

it('extras are at most 20, each key once', () => {
  const extras = Array.from({ length: 21 }, (_, no) => ({ key: `k${no}`, number: no }))
  const { details, flaws } = read({ extras })
  expect([details?.extras?.length, flaws]).toEqual([20, [{ reason: 'TOO_MANY', pointer: '/details/extras/20' }]])
  expect(read({ extras: [extras[0], extras[0]] })).toMatchObject({
    details: { extras: [extras[0]] },
    flaws: [{ pointer: '/details/extras/1/key' }],
  })
})
