import type { IngestReason } from '../gen/resolvers.ts'

/** A wrong value in an event: why it is wrong, and a JSON pointer to it. */
export type Flaw = { reason: IngestReason; pointer: string }
