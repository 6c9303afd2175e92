import type { GraphQLResolveInfo, GraphQLScalarType } from 'graphql'

type Root = 'Query' | 'Mutation' | 'Subscription'

/**
 * The fields that need a resolver: those of the root types, and the fields of other types for which their rows have no
 * column. `totalCount` and `isTotalEstimate` use the `count` of the connection.
 */
type Needed<R, Rows> = {
  [T in keyof R & keyof Rows & string]: NonNullable<R[T]> extends GraphQLScalarType
    ? never
    : `${T}.${Exclude<keyof NonNullable<R[T]>, `__${string}` | (T extends Root ? never : keyof Rows[T]) | ('count' extends keyof Rows[T] ? 'totalCount' | 'isTotalEstimate' : never)> & string}`
}[keyof R & keyof Rows & string]

type FieldsOf<Part> = { [T in keyof Part & string]: `${T}.${keyof Part[T] & string}` }[keyof Part & string]
type Given<Part> = Part extends object ? FieldsOf<Part> : never

/**
 * Joins the resolvers of a service's nouns, type by type. It does not compile while a field of the schema has neither a
 * resolver nor a column of its name; the error names the field as `Type.field`.
 */
export const mergeResolvers =
  <R extends object, Rows>() =>
  <Part extends object>(
    ...parts: Exclude<Needed<R, Rows>, Given<Part>> extends never ? Part[] : { hasNoResolver: Exclude<Needed<R, Rows>, Given<Part>> }[]
  ): R =>
    merge(parts) as R

function merge(parts: object[]): object {
  const merged: Record<string, object> = {}
  for (const part of parts as Record<string, object>[]) {
    for (const [type, fields] of Object.entries(part)) {
      // A scalar is an object of its own class and is used as it is.
      merged[type] = Object.getPrototypeOf(fields) === Object.prototype ? { ...merged[type], ...fields } : fields
    }
  }
  return merged
}

/** An event: its full name and its fields, as JSON (ProtoJSON). */
export type LiveEvent = { type: string } & Record<string, string>

/**
 * A field of Subscription. The gateway consumes the events and requests the field once for each, with the event as its
 * root. No client subscribes to a subgraph.
 */
export function live<A, C, R>(resolve: (event: LiveEvent, args: A, context: C, info: GraphQLResolveInfo) => R) {
  const subscribe = () => {
    throw new Error('Subscriptions are served by the gateway')
  }
  return { subscribe, resolve } as never
}
