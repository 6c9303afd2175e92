import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { loadSupergraph } from '../supergraph/supergraph.ts'
import type { AskSubgraph } from './step.ts'

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@key"])'
const MOST = 500
const viewer = { kind: 'STAFF', id: 'staff', tenantId: 'tenant', scopes: new Set<string>() } as const

it('queries each different entity once, at most 500 in a request, and reports an error at each of its places', async () => {
  const typeDefs = [
    `${LINK} type Query { things: [Thing] } type Thing @key(fields: "id") { id: ID! }`,
    `${LINK} type Thing @key(fields: "id") { id: ID! name: String }`,
  ]
  const services = typeDefs.map((source, at) => ({ name: `s${at}`, url: 'http://nowhere', typeDefs: parse(source) }))
  const { supergraphSdl } = composeServices(services)
  // 1,201 different things, each in two places, and one that does not exist.
  const things = Array.from({ length: 2_402 }, (_, at) => ({ __typename: 'Thing', id: String(at % 1_201) }))
  const asked: string[][] = []
  const list: AskSubgraph = async () => ({ data: { things: [...structuredClone(things), null] } })
  const entities: AskSubgraph = async (_viewer, body) => {
    const ids = (JSON.parse(body).variables.representations as { id: string }[]).map(({ id }) => id)
    asked.push(ids)
    const at = ids.indexOf('700')
    const errors = at < 0 ? [] : [{ message: 'no', path: ['_entities', at, 'name'] }]
    return { data: { _entities: ids.map((id) => ({ name: id === '700' ? null : `thing ${id}` })) }, errors }
  }
  const supergraph = await loadSupergraph(
    supergraphSdl!,
    new Map([
      ['s0', list],
      ['s1', entities],
    ]),
    { idTypes: new Map() },
  )
  const { document } = supergraph.documents.find('{ things { id name } }', 'tenant')
  const { data, errors } = await supergraph.execute({ document, operationName: undefined, variables: {}, viewer })
  expect(asked.map((ids) => ids.length)).toEqual([MOST, MOST, 201])
  const names = things.map(({ id }) => ({ id, name: id === '700' ? null : `thing ${id}` }))
  expect(data).toEqual({ things: [...names, null] })
  expect(errors?.map(({ path }) => path)).toEqual([
    ['things', 700, 'name'],
    ['things', 1_901, 'name'],
  ])
})
