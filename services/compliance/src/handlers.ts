import type { Handler } from '@renmai/platform/events/inbox'
import { sealActions } from './audit/seal-actions.ts'
import { keepMerges } from './profiles/keep-merges.ts'
import { mapIdentifiers } from './profiles/map-identifiers.ts'
import { mapProfiles } from './profiles/map-profiles.ts'

/** Event handlers of compliance. */
export const handlers: Handler[] = [mapProfiles, ...keepMerges, mapIdentifiers, sealActions]
