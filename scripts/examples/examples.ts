import { writeGlobalId } from '@renmai/platform/serve/global-id'
import { type FieldDefinitionNode, type InputObjectTypeDefinitionNode, Kind, parse, print, visit } from 'graphql'
import { COUPONS, JOURNEYS } from './campaigns.ts'
import { documentOf, type Example, fillIn } from './example.ts'
import { EXCHANGE } from './exchange.ts'
import { PEOPLE, REVIEWS, TAGS } from './people.ts'
import { RATES } from './rates.ts'

/** Calls of all mutations that partners have, in an order in which each finds what it names. The first of a mutation is its example. */
export const EXAMPLES: readonly Example[] = [...PEOPLE, ...REVIEWS, ...TAGS, ...COUPONS, ...JOURNEYS, ...EXCHANGE, ...RATES]

/** Values of names on the pages, which are no ids. */
const SHOWN: Readonly<Record<string, string>> = {
  batchId: '01990c5a-3d2e-7b11-9a40-000000000003',
  code: '3ZK0M9T4QW8XV2BDC',
  identifier: '8f0e2b7c-5a41-8d3e-9c26-0b7d41e6a953',
  purpose: 'newsletter',
  url: 'https://partner.example/renmai',
}
const KEY = '01990c5a-3d2e-7b11-9a40-6f1c2d3e4f50'

/** An opaque id as pages show it: `<Customer.other>` is another one than `<Customer>`. */
function shownValue(name: string): string {
  const [type = '', other] = name.split('.')
  return SHOWN[name] ?? writeGlobalId(type, `01990c5a-3d2e-7b11-9a40-00000000000${other ? 2 : 1}`)
}

/** The public schema, with an example in the description of each mutation. */
export function withExamples(sdl: string): string {
  const document = parse(sdl)
  const keyed = new Set(document.definitions.filter(isKeyed).map(({ name }) => name.value))
  const shown = visit(document, {
    ObjectTypeDefinition: (type) => {
      if (type.name.value !== 'Mutation') return undefined
      return { ...type, fields: type.fields?.map((field) => withExample(field, keyed)) }
    },
  })
  return `${print(shown)}\n`
}

const isKeyed = (one: { kind: string }): one is InputObjectTypeDefinitionNode =>
  one.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION &&
  Boolean((one as InputObjectTypeDefinitionNode).fields?.some(({ name }) => name.value === 'idempotencyKey'))

function withExample(field: FieldDefinitionNode, keyed: ReadonlySet<string>): FieldDefinitionNode {
  const mutation = field.name.value
  const example = EXAMPLES.find((one) => one.mutation === mutation)
  if (!example) throw new Error(`${mutation} has no example; add one to scripts/examples`)
  const hasKey = keyed.has(`${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`)
  const input = { ...(hasKey ? { idempotencyKey: KEY } : {}), ...(fillIn(example.input, shownValue) as object) }
  const parts = [field.description?.value ?? '', 'Example:', fenced('graphql', print(parse(documentOf(example))))]
  const value = [...parts, 'Its variables:', fenced('json', JSON.stringify({ input }, undefined, 2))].join('\n\n')
  return { ...field, description: { kind: Kind.STRING, value, block: true } }
}

const fenced = (language: string, text: string) => `\`\`\`${language}\n${text.trim()}\n\`\`\``
