import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  parse,
  validate,
} from 'graphql'
import { Random } from './random.ts'

export type FuzzedOperation = { source: string; variables: Record<string, unknown> }

const MAX_DEPTH = 5

type Composite = GraphQLObjectType | GraphQLInterfaceType

/** A valid operation over a schema, the same for the same seed: aliases, fragments, directives, variables, nulls. */
export function inventOperation(schema: GraphQLSchema, seed: number): FuzzedOperation {
  for (let attempt = 0; ; attempt++) {
    const made = new Writer(schema, new Random(seed * 1_000 + attempt)).write()
    if (validate(schema, parse(made.source)).length === 0) return made
  }
}

class Writer {
  readonly #schema: GraphQLSchema
  readonly #random: Random
  readonly #variables: Record<string, unknown> = {}
  readonly #declared: string[] = []
  readonly #fragments: string[] = []
  #count = 0

  constructor(schema: GraphQLSchema, random: Random) {
    this.#schema = schema
    this.#random = random
  }

  write(): FuzzedOperation {
    const isMutation = this.#random.happens(0.1)
    const root = isMutation ? this.#schema.getMutationType()! : this.#schema.getQueryType()!
    const selections = this.#selections(root, 0)
    const declared = this.#declared.length > 0 ? `(${this.#declared.join(', ')})` : ''
    const source = [`${isMutation ? 'mutation' : 'query'} Fuzzed${declared} ${selections}`, ...this.#fragments].join('\n')
    return { source, variables: this.#variables }
  }

  #selections(type: Composite, depth: number): string {
    const fields = Object.values(type.getFields()).filter((field) => depth < MAX_DEPTH || !isCompositeType(getNamedType(field.type)))
    const count = 1 + this.#random.below(depth === 0 ? 3 : 5)
    const parts = Array.from({ length: count }, () => this.#selection(type, fields, depth))
    return `{ ${parts.join(' ')} }`
  }

  #selection(type: Composite, fields: GraphQLField<unknown, unknown>[], depth: number): string {
    if (fields.length === 0 || this.#random.happens(0.08)) return `${this.#random.happens(0.3) ? `t${this.#count++}: ` : ''}__typename`
    if (depth < MAX_DEPTH && this.#random.happens(0.1))
      return `... on ${type.name}${this.#directive()} ${this.#selections(type, depth + 1)}`
    if (depth < MAX_DEPTH && this.#random.happens(0.06)) return this.#fragment(type, depth)
    if (isInterfaceType(type) && this.#random.happens(0.6)) {
      const possible = this.#random.pick(this.#schema.getPossibleTypes(type))
      return `... on ${possible.name}${this.#directive()} ${this.#selections(possible, depth + 1)}`
    }
    const field = this.#random.pick(fields)
    const named = getNamedType(field.type)
    // Fields with arguments get their own name; otherwise they would conflict.
    const alias = field.args.length > 0 || this.#random.happens(0.15) ? `a${this.#count++}: ` : ''
    const inner = isObjectType(named) || isInterfaceType(named) ? ` ${this.#selections(named, depth + 1)}` : ''
    return `${alias}${field.name}${this.#arguments(field.args)}${this.#directive()}${inner}`
  }

  #fragment(type: Composite, depth: number): string {
    const name = `F${this.#count++}`
    this.#fragments.push(`fragment ${name} on ${type.name} ${this.#selections(type, depth + 1)}`)
    return `...${name}${this.#directive()}`
  }

  #directive(): string {
    if (!this.#random.happens(0.08)) return ''
    const value = this.#random.happens(0.5)
    return ` @${this.#random.pick(['skip', 'include'])}(if: ${this.#random.happens(0.5) ? this.#variable('Boolean!', value) : value})`
  }

  #arguments(args: readonly GraphQLArgument[]): string {
    const given = args.filter((arg) => isRequiredArgument(arg) || this.#random.happens(0.5))
    if (given.length === 0) return ''
    return `(${given.map((arg) => `${arg.name}: ${this.#argument(arg.type)}`).join(', ')})`
  }

  #argument(type: GraphQLInputType): string {
    const value = this.#input(type, 0)
    return this.#random.happens(0.5) ? this.#variable(String(type), value) : literal(type, value)
  }

  #variable(type: string, value: unknown): string {
    const name = `v${this.#count++}`
    const isDefault = type === 'Boolean!' && this.#random.happens(0.3)
    this.#declared.push(`$${name}: ${type}${isDefault ? ` = ${String(value)}` : ''}`)
    if (!isDefault) this.#variables[name] = value
    return `$${name}`
  }

  #input(type: GraphQLInputType, depth: number): unknown {
    if (isNonNullType(type)) return this.#someInput(type.ofType, depth)
    return this.#random.happens(0.2) ? null : this.#someInput(type, depth)
  }

  #someInput(type: GraphQLInputType, depth: number): unknown {
    if (isListType(type)) return Array.from({ length: this.#random.below(3) }, () => this.#input(type.ofType, depth + 1))
    if (isEnumType(type)) return this.#random.pick(type.getValues()).name
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields())
      const given = type.isOneOf
        ? [this.#random.pick(fields)]
        : fields.filter((field) => isRequiredInputField(field) || (depth < 3 && this.#random.happens(0.4)))
      const valueOf = (field: (typeof fields)[number]) =>
        type.isOneOf ? this.#someInput(field.type, depth + 1) : this.#input(field.type, depth + 1)
      return Object.fromEntries(given.map((field) => [field.name, valueOf(field)]))
    }
    const byName: Record<string, unknown> = { Int: this.#random.below(50), Float: this.#random.next(), Boolean: this.#random.happens(0.5) }
    return byName[String(type)] ?? `${String(type)}-${this.#random.below(9)}`
  }
}

/** A value as it stands in a document. */
function literal(type: GraphQLInputType, value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (isNonNullType(type)) return literal(type.ofType, value)
  if (isListType(type)) return `[${(value as unknown[]).map((each) => literal(type.ofType, each)).join(', ')}]`
  if (isEnumType(type)) return String(value)
  if (!isInputObjectType(type)) return JSON.stringify(value)
  const fields = type.getFields()
  return `{ ${Object.entries(value)
    .map(([name, each]) => `${name}: ${literal(fields[name]!.type, each)}`)
    .join(', ')} }`
}
