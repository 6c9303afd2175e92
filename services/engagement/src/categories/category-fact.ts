import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { KnownCategory } from './category.rules.ts'

/** The event's form of a category, whole. */
export const categoryFact = ({ platform, shopId, code, name, parentCode, modifiedAt, version }: KnownCategory) => ({
  platform,
  shopId,
  categoryId: code,
  name,
  parentId: parentCode,
  version: BigInt(version),
  ...(modifiedAt ? { modifiedAt: timestampFromDate(modifiedAt) } : {}),
})
