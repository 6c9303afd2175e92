import { scopesIn } from '@renmai/platform/testing/scopes'
import { type ConstValueNode, type DocumentNode, Kind, valueFromASTUntyped } from 'graphql'

/**
 * Lists that code needs and that the SDL of all services implies.
 * @param documents the SDL of each service, by its name
 * @param nodes a field of each type that is found by its id, which its owner alone answers
 * @returns texts by their paths in the repository
 */
export function deriveCode(
  documents: ReadonlyMap<string, DocumentNode>,
  nodes: Record<string, string>,
  supergraph: string,
): Record<string, string> {
  const services = constOf('The services that publish events and answer a part of the schema.', 'SERVICES', [...documents.keys()])
  return {
    'gateway/src/supergraph/services.gen.ts': services,
    'services/compliance/src/audit/services.gen.ts': services,
    'gateway/src/supergraph/nodes.gen.ts': constOf(
      'Types that are found by their id alone, each with a field that its owner alone answers.',
      'NODES',
      nodes,
    ),
    'services/identity/src/staff/scopes.gen.ts': constOf('Every scope that something in the schema needs.', 'SCOPES', scopesIn(supergraph)),
    'services/engagement/src/webhook-endpoints/webhook-events.gen.ts': webhookEvents([...documents.values()]),
  }
}

const HEAD = '// Written by npm run compose.\n'

const constOf = (what: string, name: string, value: object) =>
  `${HEAD}/** ${what} */\nexport const ${name} = ${JSON.stringify(value, undefined, 2)} as const\n`

/** The events of each `@event` that webhooks may name, with the schemas by which they are decoded. */
function webhookEvents(documents: readonly DocumentNode[]): string {
  const events = documents.flatMap(eventsOf).filter(({ liveOnly }) => !liveOnly)
  const types = [...new Set(events.flatMap((event) => event.types))].sort()
  const byFile = Map.groupBy(types, (type) => type.split('.').slice(1, 3).join('/'))
  const imports = [...byFile].map(([file, ofFile]) => `import { ${ofFile.map(schemaOf).join(', ')} } from '@renmai/proto/${file}/events'\n`)
  return `${HEAD}${imports.join('')}
/** Events of subscriptions that webhooks may name. */
export const WEBHOOK_EVENTS = [
${types.map((type) => `  ${schemaOf(type)},\n`).join('')}] as const
`
}

const schemaOf = (type: string) => `${type.split('.').at(-1)}Schema`

type Event = { types: string[]; liveOnly?: boolean }

function eventsOf({ definitions }: DocumentNode): Event[] {
  const fields = definitions.flatMap((one) =>
    one.kind === Kind.OBJECT_TYPE_DEFINITION && one.name.value === 'Subscription' ? (one.fields ?? []) : [],
  )
  return fields.flatMap(({ directives = [] }) =>
    directives
      .filter(({ name }) => name.value === 'event')
      .map(({ arguments: given = [] }) =>
        Object.fromEntries(given.map(({ name, value }) => [name.value, valueFromASTUntyped(value as ConstValueNode)])),
      ),
  ) as Event[]
}
