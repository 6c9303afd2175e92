import type { Handler } from '@renmai/platform/events/inbox'
import { sealActions } from './audit/seal-actions.ts'
import { mapProfiles } from './profiles/map-profiles.ts'

/** What compliance listens to. */
export const handlers: Handler[] = [mapProfiles, sealActions]
