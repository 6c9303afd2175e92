import { parkedWork, type QuarantineKind } from '@renmai/platform/quarantine/quarantine-kind'
import type { Deps } from './context.ts'

/** Kinds of rows of campaign that could not be processed and wait for a person. */
export const quarantine: QuarantineKind<Deps>[] = [parkedWork('journey_entries', { dueColumn: 'due_at' }), parkedWork('segments')]
