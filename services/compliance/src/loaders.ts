import { follower } from '@renmai/platform/db/moved-ids'
import { quarantineLoaders } from '@renmai/platform/quarantine/list-quarantined'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import { auditLoaders } from './audit/audit.loaders.ts'
import { consentLoaders } from './consents/consent.loaders.ts'
import { decisionLoaders } from './decisions/decision.loaders.ts'
import { merged } from './profiles/merged-customer.table.ts'
import { purposeLoaders } from './purposes/purpose.loaders.ts'

export type Loaders = ReturnType<typeof createLoaders>

export const createLoaders = (ctx: BaseContext & { readonly cursors: Cursors }) => ({
  /** The id of the customer that a customer is part of now. */
  currentCustomer: follower(ctx, merged),
  ...auditLoaders(ctx),
  ...consentLoaders(ctx),
  ...decisionLoaders(ctx),
  ...purposeLoaders(ctx),
  ...quarantineLoaders(ctx),
})
