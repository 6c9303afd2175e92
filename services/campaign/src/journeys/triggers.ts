import type { z } from 'zod'
import { type Typed, typedOneOf } from '../one-of.ts'
import { segmentEntered } from './triggers/segment-entered.ts'
import type { TriggerKind } from './triggers/trigger-kind.ts'

/** Kinds of triggers, by the field of the input. */
const triggers = { segmentEntered }

export type Trigger = Typed<typeof triggers>

/** The input of a trigger. */
export const triggerSchema = typedOneOf('a trigger', triggers)

type Kind = TriggerKind<z.ZodType<Trigger>>
export const triggerKinds = Object.values(triggers).map((kind) => kind as unknown as Kind)

/** The kind of a trigger. */
export const triggerKindOf = ({ type }: Trigger): Kind => triggerKinds.find((kind) => kind.type === type)!
