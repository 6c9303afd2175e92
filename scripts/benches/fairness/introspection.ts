import { getIntrospectionQuery } from 'graphql'
import type { Attack } from './attack.ts'
import { COUNTS, documents, queries } from './usual.ts'

const WHOLE = `{ name kind description fields(includeDeprecated: true) { name description args { name description type { ...W } } type { ...W } }
  inputFields { name description type { ...W } } enumValues(includeDeprecated: true) { name description } possibleTypes { name kind } }`
const W = 'fragment W on __Type { name kind ofType { name kind ofType { name kind ofType { name kind } } } }'
/** Three queries: the schema four times; as much of it as is allowed, once; the query that tools send. */
const QUERIES = [
  `{ ${[1, 2, 3, 4].map((no) => `s${no}: __schema { types ${WHOLE} }`).join(' ')} } ${W}`,
  `{ __schema { types ${WHOLE} directives { name args { name type { ...W } } } } } ${W}`,
  getIntrospectionQuery(),
]
const REFUSED = /GRAPHQL_VALIDATION_FAILED|MAX_COST_EXCEEDED/

/** Introspects the whole schema repeatedly. */
export const introspection: Attack = {
  name: 'introspection',
  measured: queries(COUNTS),
  perSecond: (ordinary) => ordinary,
  pace: () => ({ clients: 6 }),
  attack: documents(
    (no) => QUERIES[no % QUERIES.length]!,
    ({ status, text }) => (REFUSED.test(text) ? 'REFUSED' : status === 200 && text.includes('"types"') ? 'ANSWERED' : undefined),
  ),
}
