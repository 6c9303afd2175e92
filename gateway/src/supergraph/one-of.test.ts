import { readFileSync } from 'node:fs'
import { testViewer } from '@renmai/platform/testing/viewers'
import { getIntrospectionQuery, introspectionFromSchema, parse } from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadSupergraph, type Supergraph } from './supergraph.ts'

const SDL = readFileSync(new URL('../../supergraph.graphql', import.meta.url), 'utf8')
const PREVIEW = 'query P($definition: SegmentClauseInput!) { previewSegment(definition: $definition) { size } }'
const TAG = { tagId: '0199f000-0000-7000-8000-000000000001' }
const ORDERS = { orders: { minCount: 1 } }

let gateway: Supergraph
let asked = 0
beforeAll(async () => {
  const answer = () => Promise.resolve({ data: { previewSegment: { size: ++asked } } })
  gateway = await loadSupergraph(SDL, new Map([['campaign', answer as never]]))
})
const preview = (definition: object) =>
  gateway.execute({
    document: gateway.documents.find(PREVIEW, '').document,
    operationName: undefined,
    variables: { definition },
    viewer: testViewer('0199f000-0000-7000-8000-000000000002', ['campaigns:read']),
  })

describe('an input with exactly one field', () => {
  it('is marked for clients, who read the schema', () => {
    const types = introspectionFromSchema(gateway.schema, { oneOf: true }).__schema.types
    expect(types.find(({ name }) => name === 'SegmentClauseInput')).toMatchObject({ isOneOf: true })
    expect(types.find(({ name }) => name === 'CreateSegmentInput')).toMatchObject({ isOneOf: false })
    expect(() => parse(getIntrospectionQuery({ oneOf: true }))).not.toThrow()
  })

  it.each([[{}], [{ ...TAG, ...ORDERS }], [{ ...TAG, orders: null }], [{ tagId: null }], [{ all: [{ ...TAG, ...ORDERS }] }]])(
    'is refused as %j in a variable, before a service is called',
    async (definition) => {
      const before = asked
      expect((await preview(definition)).errors?.[0]?.message).toMatch(/Exactly one key must be specified|must be non-null/)
      expect(asked).toBe(before)
    },
  )

  it.each(['{}', '{ tagId: "x", orders: {} }', '{ tagId: null }'])('is refused as %s in a document', (definition) =>
    expect(() => gateway.documents.find(`{ previewSegment(definition: ${definition}) { size } }`, '')).toThrow('not valid'),
  )

  it('with one field is passed on', async () => {
    const before = asked
    expect(await preview({ all: [TAG, { not: ORDERS }] })).toMatchObject({ data: { previewSegment: { size: before + 1 } } })
  })
})
