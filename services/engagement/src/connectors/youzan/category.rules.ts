/** Categories of Youzan in a message about a product: each with its cid, its name, its parent_cid and the categories below it. */
import type { IncomingCategory } from '../incoming.ts'
import { asCode, asList, asObject, asTitle, given, type Json } from './fields.rules.ts'

type Stated = { shopId: string; modifiedAt: Date; version: number }

/** @returns the categories that a product's message describes, one or a list of trees; a category without a code is none */
export function readCategories(item: Json, { shopId, modifiedAt, version }: Stated): IncomingCategory[] {
  const found: IncomingCategory[] = []
  const waiting = (Array.isArray(item.categories) ? asList(item.categories) : [asObject(item.category)]).map((own) => ({ own, above: '' }))
  // A list and no recursion: the depth of a message is the sender's.
  for (const { own, above } of waiting) {
    const code = asCode(own.cid ?? own.category_id)
    if (code === '') continue
    const parentCode = given(own.parent_cid ?? own.parent_id, asCode) ?? (above || undefined)
    const name = given(own.name ?? own.category_name, asTitle)
    found.push({ platform: 'YOUZAN', shopId, code, name, parentCode, modifiedAt, platformVersion: version })
    waiting.push(...asList(own.sub_categories).map((below) => ({ own: below, above: code })))
  }
  return found
}
