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
