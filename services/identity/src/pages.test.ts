import { readPage } from '@renmai/platform/db/read-page'
import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { key } from '@renmai/platform/testing/viewers'
import { ne } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { contextOf } from '../test/fixture.ts'
import { apiClients } from './api-clients/api-client.table.ts'
import { createApiClient } from './api-clients/create-api-client.ts'
import { identity } from './service.ts'

const [mine, theirs] = [newId(), newId()]
const names = ['a', 'b', 'c', 'd', 'e']
let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), identity)
  for (const [tenantId, name] of [...names.map((one) => [mine, one] as const), [theirs, 'x'] as const])
    await createApiClient(contextOf(test, tenantId), { idempotencyKey: key(), name, scopes: ['events:write'] })
})
afterAll(() => test.drop())

const listed = { table: apiClients, by: apiClients.id } as const
const read = async (args: object, more: object = {}) => {
  const { nodes, pageInfo, edges, count } = await readPage(contextOf(test, mine), args, { ...listed, ...more })
  expect(edges.map(({ node }) => node)).toEqual(nodes)
  return { names: nodes.map(({ name }) => name).join(''), ...pageInfo, total: (await count()).count }
}

describe('a list', () => {
  it.each([
    ['asc', 'abcde'],
    ['desc', 'edcba'],
  ])('is read forward and backward, %s, with nothing left out or twice', async (order, whole) => {
    const [first, middle, last] = [whole.slice(0, 2), whole.slice(2, 4), whole.slice(4)]
    const one = await read({ first: 2 }, { order })
    expect(one).toMatchObject({ names: first, hasNextPage: true, hasPreviousPage: false, total: 5 })
    const two = await read({ first: 2, after: one.endCursor }, { order })
    expect(two).toMatchObject({ names: middle, hasNextPage: true, hasPreviousPage: true, total: 5 })
    const three = await read({ first: 2, after: two.endCursor }, { order })
    expect(three).toMatchObject({ names: last, hasNextPage: false, hasPreviousPage: true })
    expect(await read({ last: 2, before: three.startCursor }, { order })).toMatchObject({
      names: middle,
      hasPreviousPage: true,
      hasNextPage: true,
    })
    expect(await read({ last: 2, before: two.startCursor }, { order })).toMatchObject({ names: first, hasPreviousPage: false })
    expect(await read({ last: 2 }, { order })).toMatchObject({ names: whole.slice(3), hasNextPage: false, hasPreviousPage: true })
  })

  it("contains the tenant's own rows that match the condition, and counts these", async () => {
    expect(await read({}, { where: ne(apiClients.name, 'c') })).toMatchObject({ names: 'abde', total: 4 })
    const { nodes } = await readPage(contextOf(test, theirs), {}, listed)
    expect(nodes.map(({ name }) => name)).toEqual(['x'])
  })
})
