import { Kind, parse } from 'graphql'

/** The types that the ids of a composed schema belong to, by `Type.field`. */
export type IdTypes = ReadonlyMap<string, string>

/** Reads the type of an `id` from the type that declares it, and of other fields from `@idOf`. */
export function readIdTypes(sdl: string): IdTypes {
  const found = new Map<string, string>()
  for (const one of parse(sdl).definitions) {
    if (one.kind !== Kind.OBJECT_TYPE_DEFINITION) continue
    for (const { name, directives } of one.fields ?? []) {
      const given = directives?.find((directive) => directive.name.value === 'idOf')?.arguments?.[0]?.value
      if (given?.kind === Kind.STRING) found.set(`${one.name.value}.${name.value}`, given.value)
      else if (name.value === 'id') found.set(`${one.name.value}.id`, one.name.value)
    }
  }
  return found
}
