import { type ConstValueNode, type DirectiveNode, Kind, parse, valueFromASTUntyped } from 'graphql'

/** The events that feed a subscription (`@event`). */
export type EventSource = {
  /** Full names of events. */
  types: readonly string[]
  /** When this argument is given, one of `fields` of the event must equal it. */
  argument: string | undefined
  fields: readonly string[]
  /** The shortest interval between two answers to a listener, in ms. */
  everyMs: number
  /** Whether the answer depends on the viewer, and not on scopes alone. */
  isPerViewer: boolean
}

/** Reads the event sources of the fields of Subscription. */
export function readSources(sdl: string): ReadonlyMap<string, EventSource> {
  const roots = parse(sdl).definitions.flatMap((one) =>
    one.kind === Kind.OBJECT_TYPE_DEFINITION && one.name.value === 'Subscription' ? (one.fields ?? []) : [],
  )
  return new Map(
    roots.flatMap(({ name, directives }) => {
      const event = directives?.find((one) => one.name.value === 'event')
      return event ? [[name.value, readSource(event)] as const] : []
    }),
  )
}

function readSource({ arguments: given }: DirectiveNode): EventSource {
  const values: Partial<EventSource> & { perViewer?: boolean } = Object.fromEntries(
    (given ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value as ConstValueNode)]),
  )
  return {
    types: values.types ?? [],
    argument: values.argument,
    fields: values.fields ?? [],
    everyMs: values.everyMs ?? 0,
    isPerViewer: values.perViewer ?? false,
  }
}
