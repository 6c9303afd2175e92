import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
} from 'graphql'

/** Codes of failures that every mutation can return. */
export const ALWAYS: Codes = {
  BAD_USER_INPUT: 'A value is missing or wrong, or the call is refused for another reason; `message` and `field` state which.',
}
/** Codes of failures that every mutation with an idempotency key can return. */
export const KEYED: Codes = { IDEMPOTENCY_KEY_REUSED: 'The idempotencyKey was used with another input.' }

type Codes = Readonly<Record<string, string>>

/**
 * A document with the error type of each mutation, `XError`, for the `userErrors` of its payload, and the enum of its codes,
 * `XErrorCode`. People write the enum with the codes that the mutation has besides those of every mutation. The descriptions are the
 * sentences of the code.
 * @param sentences the sentence of each failure, by its code
 * @throws Error for a code of no failure
 */
export function withErrors(document: DocumentNode, sentences: ReadonlyMap<string, string>): DocumentNode {
  const enums = new Map(document.definitions.filter(isEnum).map((one) => [one.name.value, one]))
  const keyed = new Set(document.definitions.filter(hasKey).map(nameOf))
  const errors = document.definitions.filter(isObject).flatMap((payload) => {
    const name = failing(payload)
    if (!name) return []
    const own = (enums.get(`${name}ErrorCode`)?.values ?? []).map(({ name: { value } }) => [value, sentenceOf(name, value, sentences)])
    const codes = { ...Object.fromEntries(own), ...ALWAYS, ...(keyed.has(`${name}Input`) ? KEYED : {}) } as Codes
    return parse(sdlOf(name, codes, (payload.directives ?? []).filter(isTag).map(print).join(' '))).definitions
  })
  const added = new Set(errors.map(nameOf))
  return { ...document, definitions: [...document.definitions.filter((one) => !added.has(nameOf(one))), ...errors] }
}

const isEnum = (one: DefinitionNode): one is EnumTypeDefinitionNode => one.kind === Kind.ENUM_TYPE_DEFINITION
const isObject = (one: DefinitionNode): one is ObjectTypeDefinitionNode => one.kind === Kind.OBJECT_TYPE_DEFINITION
const isTag = ({ name }: ConstDirectiveNode) => name.value === 'tag'
const nameOf = (one: DefinitionNode): string => ('name' in one ? (one.name?.value ?? '') : '')

const hasKey = (one: DefinitionNode): boolean =>
  one.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION && (one.fields ?? []).some(({ name }) => name.value === 'idempotencyKey')

/** The `X` of a payload whose `userErrors` have the type `[XError!]!`. */
function failing({ name, fields = [] }: ObjectTypeDefinitionNode): string | undefined {
  const [, mutation] = /^(\w+)Payload$/.exec(name.value) ?? []
  const type = fields.find((field) => field.name.value === 'userErrors')?.type
  return type && print(type) === `[${mutation}Error!]!` ? mutation : undefined
}

function sentenceOf(mutation: string, code: string, sentences: ReadonlyMap<string, string>): string {
  const sentence = sentences.get(code)
  if (!sentence) throw new Error(`${mutation}ErrorCode has ${code}, which no failure of the service has`)
  return /[.?!]$/.test(sentence) ? sentence : `${sentence}.`
}

function sdlOf(name: string, codes: Codes, tag: string): string {
  const mutation = `${name[0]!.toLowerCase()}${name.slice(1)}`
  const values = Object.entries(codes).map(([code, description]) => `${JSON.stringify(description)} ${code}`)
  return `
"Code of a failure of ${mutation}. New codes may be added."
enum ${name}ErrorCode ${tag} { ${values.join('\n')} }

"A failure of ${mutation} that the caller can fix."
type ${name}Error implements UserError @cost(weight: 0) ${tag} {
  "Description of the failure, for people."
  message: String!
  "Code of the failure, for programs."
  code: ${name}ErrorCode!
  "Path of the wrong field in the input, such as \`[\\"input\\", \\"name\\"]\`. Null when the failure is not about a single field."
  field: [String!]
  "Values in the message, by the names that the description of the code has in braces."
  parameters: [SentenceParameter!]!
}`
}
