/**
 * A call of a mutation that the pages of the schema show, and that a test makes. A text such as `<Tag>` in the input stands for a value
 * that an earlier call, or the test, has brought: the id of an object of this type, or what follows it.
 */
export type Example = {
  readonly mutation: string
  /** The input, without its idempotency key. */
  readonly input: object
  /** The fields of the payload that the call selects, besides `userErrors`. */
  readonly select: string
  /** Values of the payload for later calls: names, and their paths. */
  readonly brings?: Readonly<Record<string, string>>
  /** A failure that is as right as success, because something else may be faster. */
  readonly mayFailWith?: string
}

/** The document of an example: its one variable is the input. */
export function documentOf({ mutation, select }: Example): string {
  const name = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}`
  return `mutation ${name}($input: ${name}Input!) {
  ${mutation}(input: $input) {
    ${select}
    userErrors { code message field parameters { name value } }
  }
}`
}

/** The input with values in place of the names that stand for them. */
export function fillIn(input: unknown, valueOf: (name: string) => string): unknown {
  if (typeof input === 'string') return input.replace(/^<([\w.]+)>$/, (_text, name: string) => valueOf(name))
  if (Array.isArray(input)) return input.map((one) => fillIn(one, valueOf))
  if (input === null || typeof input !== 'object') return input
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, fillIn(value, valueOf)]))
}
