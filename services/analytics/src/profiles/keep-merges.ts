import { keyedProjection } from '@renmai/platform/db/keyed-projection'
import { versionOfMove } from '@renmai/platform/db/moved-ids'
import type { Handler } from '@renmai/platform/events/inbox'
import { type CustomerRedirect, CustomerSplitSchema, CustomersMergedSchema } from '@renmai/proto/identity/v1/events'
import { mergedCustomers } from './merged-customer.table.ts'

/** An id that was merged away before leads elsewhere with the merge or split of another one. */
const redirected = ({ customerId, mergedInto, version }: CustomerRedirect) => ({ id: customerId, mergedInto, version: Number(version) })

/** Keeps which customers are part of others. A split that arrives before its merge has the higher version and stays. */
export const keepMerges: Handler[] = [
  keyedProjection(
    CustomersMergedSchema,
    'keep-merged-customers',
    mergedCustomers,
    ({ absorbedId, survivorId, version, decisionId, redirects }) => [
      { id: absorbedId, mergedInto: survivorId, version: versionOfMove(version, decisionId) },
      ...redirects.map(redirected),
    ],
  ),
  keyedProjection(CustomerSplitSchema, 'keep-split-customers', mergedCustomers, ({ restoredId, version, decisionId, redirects }) => [
    { id: restoredId, mergedInto: null, version: versionOfMove(version, decisionId) },
    ...redirects.map(redirected),
  ]),
]
