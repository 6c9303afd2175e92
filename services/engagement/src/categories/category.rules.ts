/** A newer state of a category replaces what it states; what it does not state stays. Codes and names are what the shop made of them. */
import type { IncomingCategory } from '../connectors/incoming.ts'
import type { Category } from './category.table.ts'

const MAX_CODE = 200
const MAX_NAME = 500
const MAX_CATEGORIES = 500

export type KnownCategory = Omit<Category, 'tenantId'>
export type CategoryKey = Pick<Category, 'platform' | 'shopId' | 'code'>

/** A key as one text. */
export const keyOf = ({ platform, shopId, code }: CategoryKey): string => JSON.stringify([platform, shopId, code])

/** Each key once, in one order for all transactions, so that no two wait for each other. Categories without a code are none. */
export function distinctKeys(keys: readonly CategoryKey[]): CategoryKey[] {
  const byText = new Map(keys.filter(({ code }) => code !== '').map((key) => [keyOf(key), key]))
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, { platform, shopId, code }]) => ({ platform, shopId, code }))
}

/** A category of which only the code is known, as an order line or a product names it. */
export const bareCategory = (key: CategoryKey, id: string): KnownCategory => ({
  id,
  ...key,
  name: '',
  parentCode: '',
  modifiedAt: null,
  platformVersion: 0,
  version: 1,
})

/** The reason why categories cannot be stored; undefined when they can. */
export function problemOfCategories(categories: readonly IncomingCategory[]): string | undefined {
  if (categories.length > MAX_CATEGORIES) return 'TOO_MANY_CATEGORIES'
  const texts = categories.flatMap(({ code, name = '', parentCode = '' }) => [code, name, parentCode])
  if (categories.some(({ code }) => code === '') || texts.some((text) => text.includes('\0') || !text.isWellFormed()))
    return 'TEXT_NOT_STORABLE'
  const isLong = ({ code, name = '', parentCode = '' }: IncomingCategory) =>
    code.length > MAX_CODE || parentCode.length > MAX_CODE || name.length > MAX_NAME
  return categories.some(isLong) ? 'TEXT_TOO_LONG' : undefined
}

/** The category after a state of it; the same for a state that is not newer. */
export function applyCategory(known: KnownCategory, state: IncomingCategory): KnownCategory {
  if (!isNewer(state, known)) return known
  const { name = known.name, parentCode = known.parentCode, modifiedAt, platformVersion } = state
  const isNews = name !== known.name || parentCode !== known.parentCode || known.modifiedAt === null
  return { ...known, name, parentCode, modifiedAt, platformVersion, version: known.version + (isNews ? 1 : 0) }
}

const isNewer = (state: IncomingCategory, { modifiedAt, platformVersion }: KnownCategory) =>
  modifiedAt === null || (state.modifiedAt.getTime() - modifiedAt.getTime() || state.platformVersion - platformVersion) > 0
