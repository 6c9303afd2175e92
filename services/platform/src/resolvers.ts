/** Joins the resolvers of a service's nouns, type by type. */
export function mergeResolvers<R extends object>(...parts: object[]): R {
  const merged: Record<string, object> = {}
  for (const part of parts as Record<string, object>[]) {
    for (const [type, fields] of Object.entries(part)) {
      // A scalar is one object of its own class and is taken as it is.
      merged[type] = Object.getPrototypeOf(fields) === Object.prototype ? { ...merged[type], ...fields } : fields
    }
  }
  return merged as R
}

/** What came to pass: the full name of an event and its fields, as JSON (ProtoJSON). */
export type LiveEvent = { type: string } & Record<string, string>

/**
 * A field of Subscription. The gateway hears the events and asks for the field once for each, with the event as its root;
 * nobody subscribes to a subgraph.
 */
export function live<A, C, R>(resolve: (event: LiveEvent, args: A, context: C) => R) {
  const subscribe = () => {
    throw new Error('The gateway tells of events')
  }
  return { subscribe, resolve } as never
}
