import { createRandom } from '@renmai/platform/testing/random'
/** The made-up customers of the demo tenant: the same for the same seed. */
export type Person = {
  no: number
  name: string
  phone: string
  email: string
  unionid: string
  externalUserId: string
  isLapsed: boolean
  orders: { daysAgo: number; yuan: number }[]
}

const SURNAMES = '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗'
const GIVEN = [
  '晓月',
  '子涵',
  '雨桐',
  '浩然',
  '思琪',
  '梓萱',
  '俊杰',
  '嘉怡',
  '一诺',
  '明轩',
  '诗涵',
  '宇航',
  '佳宁',
  '博文',
  '欣妍',
  '天宇',
  '梦洁',
  '志强',
  '雅静',
  '文昊',
]

/** Every twentieth customer bought often and much, and has not bought for months: the customers worth keeping. */
export function createPeople(count: number, seed: number): Person[] {
  const random = createRandom(seed)
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1))
  return Array.from({ length: count }, (_, no) => {
    const isLapsed = no % 20 === 7
    const isKeen = no % 10 === 3
    const orders = Array.from({ length: isLapsed ? between(5, 9) : isKeen ? between(3, 8) : between(1, 2) }, () => ({
      daysAgo: isLapsed ? between(200, 330) : isKeen ? between(3, 160) : between(3, 300),
      yuan: isLapsed ? between(300, 900) : between(40, 400),
    }))
    const name = SURNAMES[between(0, SURNAMES.length - 1)]! + GIVEN[between(0, GIVEN.length - 1)]!
    const id = String(no).padStart(6, '0')
    return {
      no,
      name,
      phone: `+86139${String(10_000_000 + no * 7_919).slice(-8)}`,
      email: `customer${id}@mail.example`,
      unionid: `oUnion${id}`,
      externalUserId: `wmDemo${id}`,
      isLapsed,
      orders,
    }
  })
}

/** The import's map of the columns that `toCsv` writes. */
export const CSV_MAPPING = {
  orderNo: 'order_no',
  sku: 'sku',
  title: 'title',
  quantity: 'quantity',
  occurredAt: 'time',
  unitPrice: 'price',
  customerId: 'member',
  phone: 'phone',
  email: 'email',
  name: 'name',
}

/** Order history of the people, as a shop would export it. */
export function toCsv(people: Person[], base: Date): string {
  const lines = people.flatMap((person) =>
    person.orders.map(({ daysAgo, yuan }, index) => {
      const at = new Date(base.getTime() - daysAgo * 86_400_000 + 8 * 3_600_000).toISOString()
      const time = `${at.slice(0, 10)} ${String(9 + (index % 12)).padStart(2, '0')}:${String(person.no % 60).padStart(2, '0')}`
      return [
        `Y${person.no}-${index + 1}`,
        `SKU-${yuan % 97}`,
        '生活用品',
        1,
        time,
        yuan.toFixed(2),
        `M${person.no}`,
        person.phone,
        person.email,
        person.name,
      ].join(',')
    }),
  )
  return ['order_no,sku,title,quantity,time,price,member,phone,email,name', ...lines].join('\n')
}
