import { Kind, parse } from 'graphql'

/** Reads the input fields that are marked with `@itemwise`, as `Input.field`. */
export function readItemwise(sdl: string): ReadonlySet<string> {
  const found = new Set<string>()
  for (const one of parse(sdl, { noLocation: true }).definitions) {
    if (one.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION) continue
    for (const { name, directives } of one.fields ?? [])
      if (directives?.some((directive) => directive.name.value === 'itemwise')) found.add(`${one.name.value}.${name.value}`)
  }
  return found
}
