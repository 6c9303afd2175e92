import { type ConstDirectiveNode, type ConstValueNode, type GraphQLNamedType, isCompositeType, Kind, parse } from 'graphql'

/** Settings for the length of a list that a field returns (`@listSize`). */
export type ListSize = { assumed: number; slicing: readonly string[]; sized: readonly string[] }

/** Values of `@cost` and `@listSize`, by `Type` and `Type.field`. */
export type Weights = { weights: ReadonlyMap<string, number>; sizes: ReadonlyMap<string, ListSize> }

/** The weight of one value of a field. @param field `Type.field` */
export const weightOf = ({ weights }: Weights, field: string, type: GraphQLNamedType): number =>
  weights.get(field) ?? weights.get(type.name) ?? (isCompositeType(type) ? 1 : 0)

/** Assumed length of a list for which the schema sets no length. */
export const ASSUMED_SIZE = 10

const WITH_FIELDS: string[] = [Kind.OBJECT_TYPE_DEFINITION, Kind.INTERFACE_TYPE_DEFINITION, Kind.INPUT_OBJECT_TYPE_DEFINITION]

/** Reads the weights of a composed schema: of fields, of their types, and of the fields of inputs. Arguments themselves weigh nothing. */
export function readWeights(sdl: string): Weights {
  const [weights, sizes] = [new Map<string, number>(), new Map<string, ListSize>()]
  const note = (name: string, directives: readonly ConstDirectiveNode[] | undefined) => {
    for (const directive of directives ?? []) {
      if (directive.name.value === 'cost') weights.set(name, numberOf(argument(directive, 'weight')) ?? 1)
      if (directive.name.value === 'listSize') sizes.set(name, sizeOf(directive))
    }
  }
  for (const one of parse(sdl).definitions) {
    if (!('name' in one) || !one.name || one.kind === Kind.DIRECTIVE_DEFINITION) continue
    if ('directives' in one) note(one.name.value, one.directives as readonly ConstDirectiveNode[] | undefined)
    if (!WITH_FIELDS.includes(one.kind) || !('fields' in one)) continue
    for (const field of one.fields ?? []) note(`${one.name.value}.${field.name.value}`, field.directives)
  }
  return { weights, sizes }
}

function sizeOf(directive: ConstDirectiveNode): ListSize {
  const assumed = numberOf(argument(directive, 'assumedSize')) ?? ASSUMED_SIZE
  return { assumed, slicing: namesOf(argument(directive, 'slicingArguments')), sized: namesOf(argument(directive, 'sizedFields')) }
}

const argument = (directive: ConstDirectiveNode, name: string) => directive.arguments?.find((one) => one.name.value === name)?.value

const numberOf = (value: ConstValueNode | undefined) => (value?.kind === Kind.INT ? Number(value.value) : undefined)

const namesOf = (value: ConstValueNode | undefined): string[] =>
  value?.kind === Kind.LIST ? value.values.flatMap((one) => (one.kind === Kind.STRING ? [one.value] : [])) : []
