import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { testViewer } from '../testing/viewers.ts'
import { scalars } from './scalars.ts'
import { buildSchema, compile } from './subgraph.ts'

const SDL = parse('scalar Date input Event { at: Date! } input In { events: [Event!]! } type Query { take(input: In!): Int }')
const schema = buildSchema([SDL], { ...scalars, Query: { take: () => 1 } })

it('a variable that does not fit is named with the place of the wrong value in it', async () => {
  const compiled = compile(schema, 'query T($input: In!) { take(input: $input) }')
  if (!('query' in compiled)) throw new Error('does not compile')
  const take = async (at: unknown) =>
    compiled.query({}, { viewer: testViewer('t', []) }, { input: { events: [{ at: '2026-01-01' }, { at }] } })
  expect(await take('2026-02-28')).toEqual({ data: { take: 1 } })
  for (const at of ['2026-02-30', 'yesterday', 7, null])
    expect((await take(at)).errors, String(at)).toEqual([
      expect.objectContaining({ message: expect.stringContaining('at "input.events[1].at"') }),
    ])
})
