import { type ConstValueNode, type DirectiveNode, Kind, parse, valueFromASTUntyped } from 'graphql'

/** What a subscription is fed by (`@event`). */
export type EventSource = {
  /** Full names of events. */
  types: readonly string[]
  /** Where this argument is given, one of these fields of the event has its value. */
  argument: string | undefined
  fields: readonly string[]
  /** How often at most listeners are told, in ms. */
  everyMs: number
  /** Whether what is told depends on who listens, and not on scopes alone. */
  isPerViewer: boolean
}

/** Reads what the fields of Subscription are fed by. */
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
