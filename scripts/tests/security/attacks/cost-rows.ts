import { ALL_SCOPES } from '@renmai/platform/testing/viewers'
import { getIntrospectionQuery } from 'graphql'
import { times } from '../../bad-input/row.ts'
import { type Attack, askAs, numbered, REFUSED } from './callers.ts'

const group = (no: number) => `a${no}: createTagGroup(input: { idempotencyKey: "never-used-${no}", name: "never" }) { group { id } }`
const sends = (
  what: string,
  query: string,
  wanted: Pick<Attack, 'status' | 'code' | 'text'> = REFUSED,
  variables?: object,
): Omit<Attack, 'id'> => ({
  what,
  // Each by its own client, so that no other row has spent its points.
  send: (s) => askAs(s, ALL_SCOPES, query, variables),
  ...wanted,
})
const nest = (levels: number, inside = 'id') => `${'orders { nodes { customer { '.repeat(levels)} ${inside} ${'} } }'.repeat(levels)}`
const TOO_DEEP = { ...REFUSED, text: /depth/i }

const mutations = [
  sends('six mutations in a fragment', `mutation { ...F } fragment F on Mutation { ${times(6, group)} }`),
  sends('six mutations in a nameless fragment', `mutation { ... on Mutation { ${times(6, group)} } }`),
  sends(
    'six mutations in a fragment of a fragment',
    `mutation { ...F } fragment F on Mutation { ...G } fragment G on Mutation { ${times(6, group)} }`,
  ),
  sends('a fragment of three mutations twice', `mutation { ...F ... { ...F } } fragment F on Mutation { ${times(3, group)} }`),
  sends(
    'six mutations in a fragment that is included',
    `mutation { ...F @include(if: true) } fragment F on Mutation { ${times(6, group)} }`,
  ),
]

const shapes = [
  sends('21 root fields in a fragment', `{ ...F } fragment F on Query { ${times(21, (no) => `a${no}: tenant { id }`)} }`),
  sends('51 directives', `{ tenant { id ${'@include(if: true) '.repeat(51)} } }`),
  sends('2,001 equal fields', `{ tenant { ${times(2_001, () => 'id')} } }`),
  sends('depth 13', `{ customers(first: 1) { nodes { ${nest(5)} } } }`, TOO_DEEP),
  sends(
    'a fragment that is shallow where it is first and too deep where it is second',
    `{ customers(first: 1) { nodes { ...F ${nest(3, '...F')} } } } fragment F on Customer { ${nest(2)} }`,
    TOO_DEEP,
  ),
  sends(
    '300 operations',
    times(300, (no) => `query Q${no} { tenant { id } }`),
  ),
  sends('a million characters of comment', `{ tenant { id } } #${'x'.repeat(1_000_000)}`, { status: 413, code: /TOO_LARGE/ }),
  sends('200,000 commas, which are nothing', `{ tenant { id ${','.repeat(200_000)} } }`, { status: [200, 400] }),
  sends('a fragment that spreads itself', '{ ...F } fragment F on Query { tenant { id } ...F }'),
  sends('30 aliases that differ in an argument', `{ ${times(31, (no) => `a${no}: customers(first: 100) { nodes { id } }`)} }`),
  sends('ten unknown directives, which are five errors at most', `{ tenant { id ${times(10, (no) => `@d${no}`)} } }`, {
    status: 400,
    code: /^[^,]+(,[^,]+){0,4}$/,
  }),
  sends('40 unknown fields, which are five errors at most', `{ tenant { ${times(40, (no) => `x${no}`)} } }`, {
    status: 400,
    code: /^[^,]+(,[^,]+){0,4}$/,
  }),
]

const sizes = [
  sends(
    'lists in lists in lists',
    '{ customers(first: 100) { nodes { orders(first: 100) { nodes { customer { touchpoints(first: 100) { nodes { id } } } } } } } }',
    {
      status: 400,
      code: /^MAX_COST_EXCEEDED$/,
    },
  ),
  ...['"100"', '1.5', '-1', '0', '101', '[1]', 'true', '1e3'].map((first) =>
    sends(`a page of ${first}`, `{ customers(first: ${first}) { nodes { id } } }`, {
      status: [200, 400],
      code: /^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)/,
    }),
  ),
  sends('first and last together', '{ customers(first: 1, last: 1) { nodes { id } } }', { status: 200, code: /^BAD_USER_INPUT$/ }),
  sends(
    '101 ids',
    `query N($ids: [ID!]!) { nodes(ids: $ids) { id } }`,
    { status: [200, 400], code: /BAD_USER_INPUT/ },
    { ids: Array.from({ length: 101 }, () => 'x') },
  ),
  sends(
    'variables 33 deep',
    '{ tenant { id } }',
    { status: 400, code: /BAD_USER_INPUT|BAD_REQUEST/ },
    Array.from({ length: 33 }).reduce<object>((inner) => ({ a: inner }), {}),
  ),
]

const PRICED = /"requestedQueryCost":[1-9]\d/
const introspection = [
  sends('the schema twice', '{ a: __schema { queryType { name } } b: __schema { queryType { name } } }'),
  sends(
    'the schema twice, once in a fragment',
    '{ __schema { queryType { name } } ...F } fragment F on Query { b: __schema { types { name } } }',
  ),
  sends('the whole schema, which has its price', getIntrospectionQuery(), { status: 200, code: /^$/, text: PRICED }),
  sends(
    '30 types, which have their price',
    `{ ${times(20, (no) => `t${no}: __type(name: "Customer") { fields { name type { fields { name } } } }`)} }`,
    {
      status: 200,
      code: /^$/,
      text: PRICED,
    },
  ),
  sends(
    'the types of the fields of the types of the fields',
    '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }',
    {
      status: [400, 429],
    },
  ),
]

export const costRows = numbered('cost', [...mutations, ...shapes, ...sizes, ...introspection])
