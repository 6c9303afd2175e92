import type { Snapshot } from '@renmai/platform/resend/snapshot'
import { attributes } from './attributes/attribute.snapshots.ts'
import { mergeSnapshots } from './customers/customer.snapshots.ts'
import { profileIdentifiers, profileLinks } from './profiles/profile.snapshots.ts'
import { tagSnapshots } from './tags/tag.snapshots.ts'
import { tenantsKnown } from './tenants/tenant.snapshots.ts'

/** What identity can publish again. */
export const snapshots: readonly Snapshot[] = [
  tenantsKnown,
  profileLinks,
  profileIdentifiers,
  ...mergeSnapshots,
  ...tagSnapshots,
  attributes,
]
