import { z } from 'zod'

/**
 * An input of which exactly one field is given, its kind. GraphQL checks the same by `@oneOf`; this checks every caller.
 * @param what name of such an input in messages
 * @param build makes the result from the value of the given field, after its schema has accepted the value
 */
export function oneOf<T>(
  what: string,
  schemas: Readonly<Record<string, z.ZodType>>,
  build: (kind: string, value: unknown) => T,
): z.ZodType<T> {
  return z.record(z.string(), z.unknown()).transform((input, ctx): T => {
    const [kind = '', ...others] = Object.keys(input)
    const schema = Object.hasOwn(schemas, kind) ? schemas[kind] : undefined
    if (!schema || others.length > 0) {
      ctx.addIssue({ code: 'custom', message: `${what} has exactly one of ${Object.keys(schemas).join(', ')}` })
      return z.NEVER
    }
    const parsed = schema.safeParse(input[kind])
    if (parsed.success) return build(kind, parsed.data)
    for (const issue of parsed.error.issues) ctx.addIssue({ code: 'custom', message: issue.message, path: [kind, ...issue.path] })
    return z.NEVER
  })
}

/** Kinds of which an input has one; `type` distinguishes them once the input is parsed. */
type Kinds = Readonly<Record<string, { readonly type: string; readonly schema: z.ZodType }>>
export type Typed<K extends Kinds> = { [N in keyof K]: { type: K[N]['type'] } & z.output<K[N]['schema']> }[keyof K]

/** Parses an input of one of these kinds to the value of its field, with the kind's type. */
export function typedOneOf<K extends Kinds>(what: string, kinds: K): z.ZodType<Typed<K>> {
  const schemas = Object.fromEntries(Object.entries(kinds).map(([name, { schema }]) => [name, schema]))
  return oneOf(what, schemas, (name, value) => ({ type: kinds[name]!.type, ...(value as object) }) as Typed<K>)
}
