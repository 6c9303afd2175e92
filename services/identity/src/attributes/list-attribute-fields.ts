import { anyOf, type Conditions, contains, equals, isPresent, matching } from '@renmai/platform/db/filters'
import { type ListArgs, readPage } from '@renmai/platform/db/read-page'
import type { Connection } from '@renmai/platform/serve/page'
import type { Context } from '../context.ts'
import type { AttributeFieldFilter } from '../gen/resolvers.ts'
import { type AttributeField, attributeFields } from './attribute.table.ts'

const CONDITIONS: Conditions<AttributeFieldFilter> = {
  kinds: anyOf(attributeFields.kind),
  sensitivities: anyOf(attributeFields.sensitivity),
  cardinality: equals(attributeFields.cardinality),
  labelContains: contains(attributeFields.label),
  isArchived: isPresent(attributeFields.archivedAt),
}

/**
 * A page of the field registry, by key unless the arguments state another order.
 * @throws AppError INVALID for a filter with too long a list
 */
export function listAttributeFields(
  ctx: Context,
  args: ListArgs & { filter?: AttributeFieldFilter | null | undefined },
): Promise<Connection<AttributeField>> {
  const where = matching(CONDITIONS, args.filter, { isArchived: false })
  const orders = { LABEL: attributeFields.label, CREATED_AT: attributeFields.createdAt }
  return readPage(ctx, args, { table: attributeFields, by: attributeFields.key, orders, where })
}
