import type { Handler } from '@renmai/platform/events/inbox'
import { onActionRecorded } from './audit/on-action-recorded.ts'
import { onProfileLinked } from './profiles/on-profile-linked.ts'

/** What compliance listens to. */
export const handlers: Handler[] = [onProfileLinked, onActionRecorded]
