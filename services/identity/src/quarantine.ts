import type { QuarantineKind } from '@renmai/platform/quarantine/quarantine-kind'
import { quarantinedValues } from './attributes/attribute.ts'
import type { Deps } from './context.ts'

/** Kinds of rows of identity that could not be processed and wait for a person. */
export const quarantine: QuarantineKind<Deps>[] = [quarantinedValues]
