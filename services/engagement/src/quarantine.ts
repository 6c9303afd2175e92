import type { QuarantineKind } from '@renmai/platform/quarantine/quarantine-kind'
import type { Deps } from './context.ts'
import { quarantinedRows } from './imports/import.ts'
import { quarantinedPushes } from './intake/quarantined-pushes.ts'
import { quarantinedOrders } from './orders/order.ts'
import { quarantinedClaims, quarantinedClaimsOfPeople, quarantinedParts } from './touchpoints/touchpoint.ts'

/** Kinds of rows of engagement that could not be processed and wait for a person. */
export const quarantine: QuarantineKind<Deps>[] = [
  quarantinedPushes,
  quarantinedOrders,
  quarantinedRows,
  quarantinedClaims,
  quarantinedClaimsOfPeople,
  quarantinedParts,
]
