import { newId } from '@renmai/platform/serve/ids'
import { isInOrder } from '@renmai/platform/serve/moments.rules'
import fc from 'fast-check'
import type { Clause, clauses } from '../src/segments/clauses.ts'

/** The facts about a person, in plain lists. */
export type Person = {
  customerId: string
  profiles: {
    id: string
    attributes: { key: string; value: string; at: Date }[]
    tags: { tagId: string; isOn: boolean }[]
    orders: { orderKey: string; paidAt: Date | null; currency: string; totalMinor: number; refundedMinor: number }[]
    /** Refunds that are documents of their own, of the person's orders or of unknown ones. */
    documents: { parentKey: string; isAnonymous: boolean; currency: string; refundedMinor: number; at: Date }[]
    touchpoints: { type: string; at: Date }[]
  }[]
  rfmClass: string | null
}

/** Its days begin at 16:00 UTC. */
export const ZONE = 'Asia/Shanghai'
export const TAGS = [newId(), newId()] as const
export const TYPES = ['page_view', 'cart_add'] as const

const DAY_MS = 86_400_000
const dayOf = (date: Date) => Math.floor((date.getTime() + 8 * 3_600_000) / DAY_MS)
const dayOfText = (text: string) => Date.parse(text) / DAY_MS

const within = fc.constantFrom(null, 'P1D', 'P7D', 'P30D')
const minCount = fc.constantFrom(null, 1, 2, 3)
const date = fc.option(fc.constantFrom('2026-03-17', '2026-05-16', '2026-06-08', '2026-06-14', '2026-06-15'))
const AGO = ['PT0S', 'P1D', 'P7D', 'P30D']
const ago = fc.option(fc.constantFrom(...AGO))
const placeOf = (one: string | null) => (one === null ? null : AGO.indexOf(one))
const minNet = fc.option(fc.record({ amount: fc.constantFrom('0', '1', '5', '100', '150'), currency: fc.constantFrom('CNY', 'JPY') }))

/** Inputs of each kind of clause; a kind without inputs does not compile. */
export const KINDS: Record<keyof typeof clauses, fc.Arbitrary<object>> = {
  attribute: fc
    .oneof(
      fc.record({ operator: fc.constantFrom('GTE', 'LTE'), values: fc.constantFrom(['30'], ['30.5'], ['123456789012345.25'], ['-1']) }),
      fc.record({ operator: fc.constantFrom('EQ', 'IN'), values: fc.constantFrom(['杭州'], ['30'], ['']) }),
      fc.constantFrom({ operator: 'IN', values: ['杭州', '9'] }, { operator: 'EXISTS' }),
    )
    .chain((rest) => fc.constantFrom('city', 'age').map((key) => ({ attribute: { key, ...rest } }))),
  tagId: fc.constantFrom(...TAGS).map((tagId) => ({ tagId })),
  orders: fc.record({ within, minCount, minNet }).map((orders) => ({ orders })),
  orderDate: fc
    .record({ which: fc.constantFrom('FIRST', 'LAST'), from: date, to: date, atLeastAgo: ago, atMostAgo: ago })
    .filter(({ which: _which, ...limits }) => Object.values(limits).some((limit) => limit !== null))
    .filter(({ from, to, atLeastAgo, atMostAgo }) => isInOrder(from, to) && isInOrder(placeOf(atLeastAgo), placeOf(atMostAgo)))
    .map((orderDate) => ({ orderDate })),
  behaviour: fc.record({ type: fc.constantFrom(...TYPES), within, minCount }).map((behaviour) => ({ behaviour })),
  rfmClasses: fc.constantFrom(['KEY_VALUE'], ['KEY_RETAIN', 'GENERAL_VALUE']).map((rfmClasses) => ({ rfmClasses })),
}

/** Whether a condition holds, by its description alone: without SQL, without code of a clause. */
export function matches(clause: Clause, person: Person, now: Date): boolean {
  if ('all' in clause) return clause.all.every((part) => matches(part, person, now))
  if ('any' in clause) return clause.any.some((part) => matches(part, person, now))
  if ('not' in clause) return !matches(clause.not, person, now)
  if ('attribute' in clause) return hasAttribute(clause.attribute, person)
  if ('tagId' in clause) return person.profiles.some(({ tags }) => tags.some(({ tagId, isOn }) => isOn && tagId === clause.tagId))
  if ('rfmClasses' in clause) return clause.rfmClasses.includes(person.rfmClass ?? 'none')
  if ('behaviour' in clause) {
    const { type, withinDays: days, minCount: least } = clause.behaviour
    const since = days === null ? Number.NEGATIVE_INFINITY : dayOf(now) - days
    return person.profiles.flatMap((one) => one.touchpoints).filter((one) => one.type === type && dayOf(one.at) > since).length >= least
  }
  const { paid, loose } = moneyOf(person)
  return 'orders' in clause ? hasOrders(clause.orders, paid, loose, now) : isOrderDate(clause.orderDate, paid, now)
}

/** Orders that count, less the documents that refund them; documents that no order bears are taken off the person. */
function moneyOf({ profiles }: Person) {
  const sold = profiles.flatMap(({ orders }) => orders).flatMap(({ paidAt, ...order }) => (paidAt ? [{ paidAt, ...order }] : []))
  const loose: Loose = []
  for (const { parentKey, isAnonymous, currency, refundedMinor, at } of profiles.flatMap(({ documents }) => documents)) {
    const parent = sold.find((order) => order.orderKey === parentKey && order.currency === currency)
    if (parent) sold[sold.indexOf(parent)] = { ...parent, refundedMinor: parent.refundedMinor + refundedMinor }
    else if (!isAnonymous) loose.push({ currency, refundedMinor, at })
  }
  return { paid: sold.filter((order) => order.refundedMinor < order.totalMinor), loose }
}

type Value<K extends keyof typeof clauses> = Extract<Clause, Record<K, unknown>>[K]
type Loose = { currency: string; refundedMinor: number; at: Date }[]
type Paid = { paidAt: Date; currency: string; totalMinor: number; refundedMinor: number }[]

function hasAttribute({ key, operator, values }: Value<'attribute'>, { profiles }: Person): boolean {
  const known = profiles.flatMap(({ attributes }) => attributes).filter((one) => one.key === key)
  const last = known
    .toSorted((a, b) => a.at.getTime() - b.at.getTime() || Buffer.compare(Buffer.from(a.value), Buffer.from(b.value)))
    .at(-1)
  if (!last) return false
  if (operator === 'EXISTS') return true
  if (operator === 'EQ' || operator === 'IN') return values.includes(last.value)
  if (!/^-?\d+(\.\d+)?$/.test(last.value)) return false
  return operator === 'GTE' ? Number(last.value) >= Number(values[0]) : Number(last.value) <= Number(values[0])
}

function hasOrders(clause: Value<'orders'>, paid: Paid, loose: Loose, now: Date): boolean {
  const { withinDays: days, minCount: least, minNetMinor, currency } = clause
  const isWithin = (at: Date) => days === null || at.getTime() >= now.getTime() - days * DAY_MS
  const counted = paid.filter(({ paidAt }) => isWithin(paidAt))
  const brought = counted.filter((one) => one.currency === currency).reduce((sum, one) => sum + one.totalMinor - one.refundedMinor, 0)
  const back = loose.filter((one) => one.currency === currency && isWithin(one.at)).reduce((sum, one) => sum + one.refundedMinor, 0)
  const net = brought - back
  return counted.length >= least && (minNetMinor === null || net >= minNetMinor)
}

function isOrderDate({ which, from, to, minDaysAgo, maxDaysAgo }: Value<'orderDate'>, paid: Paid, now: Date): boolean {
  const days = paid.map(({ paidAt }) => dayOf(paidAt)).sort((a, b) => a - b)
  const day = which === 'FIRST' ? days[0] : days.at(-1)
  if (day === undefined) return false
  return (
    (from == null || day >= dayOfText(from)) &&
    (to == null || day <= dayOfText(to)) &&
    (minDaysAgo == null || dayOf(now) - day >= minDaysAgo) &&
    (maxDaysAgo == null || dayOf(now) - day <= maxDaysAgo)
  )
}
