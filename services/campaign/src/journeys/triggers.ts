import type { z } from 'zod'
import type { ResolversParentTypes } from '../gen/resolvers.ts'
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

/**
 * A stored trigger in the form of the input: an object whose one field is the kind.
 * @param segmentId segment of the journey, which a trigger that an earlier release stored does not name
 */
export const showTrigger = (trigger: Trigger, segmentId: string | null): ResolversParentTypes['JourneyTrigger'] => ({
  [fieldOf(trigger)]: triggerKindOf(trigger).show(segmentId ? { ...trigger, segmentId } : trigger),
})

/** The field of the input that holds a trigger. */
export const fieldOf = ({ type }: Trigger): string => Object.entries(triggers).find(([, kind]) => kind.type === type)![0]

/** The kind of a trigger. */
export const triggerKindOf = ({ type }: Trigger): Kind => triggerKinds.find((kind) => kind.type === type)!
