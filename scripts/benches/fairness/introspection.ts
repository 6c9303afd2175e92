import { getIntrospectionQuery } from 'graphql'
import { isBusy } from '../ask-at-rate.ts'
import type { Attack } from './attack.ts'
import { COUNTS, post, queries } from './usual.ts'

const WHOLE = `{ name kind description fields(includeDeprecated: true) { name description args { name description type { ...W } } type { ...W } }
  inputFields { name description type { ...W } } enumValues(includeDeprecated: true) { name description } possibleTypes { name kind } }`
const W = 'fragment W on __Type { name kind ofType { name kind ofType { name kind ofType { name kind } } } }'
/** The schema four times; once, as much of it as is allowed; as tools do it. */
const QUERIES = [
  `{ ${[1, 2, 3, 4].map((no) => `s${no}: __schema { types ${WHOLE} }`).join(' ')} } ${W}`,
  `{ __schema { types ${WHOLE} directives { name args { name type { ...W } } } } } ${W}`,
  getIntrospectionQuery(),
]
const REFUSED = /GRAPHQL_VALIDATION_FAILED|MAX_COST_EXCEEDED/

/** Introspects the whole schema again and again. */
export const introspection: Attack = {
  name: 'introspection',
  measured: queries(COUNTS),
  perSecond: (ordinary) => ordinary,
  pace: () => ({ clients: 6 }),
  attack: (attacker) => {
    const graphql = post(attacker)
    let no = 0
    return async (signal) => {
      const { status, text } = await graphql({ query: QUERIES[no++ % QUERIES.length]! }, { signal })
      if (isBusy(text) || REFUSED.test(text)) return 'REFUSED'
      return status === 200 && text.includes('"types"') ? 'ANSWERED' : { wrong: `${status} ${text.slice(0, 300)}` }
    }
  },
}
