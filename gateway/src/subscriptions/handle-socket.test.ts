import { createClient } from 'graphql-ws'
import { describe, expect, it } from 'vitest'
import { liveSeed, mine } from '../../test/live-seed.ts'
import { readCredential } from './read-credential.ts'

const seed = liveSeed()
const WHO = `a|${mine}|x`

/** The results of one operation, over a socket of its own. */
async function resultsOf(query: string, connectionParams: Record<string, unknown> = { authorization: WHO }) {
  const client = createClient({ url: seed.url.replace('http', 'ws'), connectionParams, retryAttempts: 0 })
  try {
    const results: unknown[] = []
    for await (const result of client.iterate({ query })) results.push(result)
    return results
  } finally {
    await client.dispose()
  }
}

describe('a WebSocket', () => {
  it('answers queries and mutations, with their cost', async () => {
    expect(await resultsOf('{ people { name orders } }')).toMatchObject([
      { data: { people: [{ name: 'Li', orders: 3 }] }, extensions: { cost: { requestedQueryCost: expect.any(Number) } } },
    ])
    expect(await resultsOf('mutation { rename(id: "1", name: "Wu") { name } }')).toMatchObject([{ data: { rename: { name: 'Wu' } } }])
  })

  it('names the path and the place of an error, and leaves null what the viewer may not have', async () => {
    expect(await resultsOf('{ mood }')).toMatchObject([
      { data: null, errors: [{ path: ['mood'], locations: [{ line: 1, column: 3 }], extensions: { code: 'INTERNAL' } }] },
    ])
    expect(await resultsOf('{ secrets }')).toMatchObject([
      { data: { secrets: null }, errors: [{ extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } }] },
    ])
  })

  it('refuses an invalid operation, and one beyond the budget of its caller, as a request by POST does', async () => {
    await expect(resultsOf('{ nothing }')).rejects.toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }])
    await expect(resultsOf('{ people { id } }', { authorization: `poor|${mine}|x` })).rejects.toMatchObject([
      { extensions: { code: 'RATE_LIMITED' } },
    ])
  })

  it.each([
    ['authorization', { authorization: WHO }],
    ['Authorization', { Authorization: WHO }],
    ['AUTHORIZATION below Headers', { Headers: { AUTHORIZATION: WHO } }],
    ['Authorization below headers', { headers: { Authorization: WHO } }],
  ])('takes the credential from %s', async (_where, connectionParams) => {
    expect(await resultsOf('{ people { name } }', connectionParams)).toMatchObject([{ data: { people: [{ name: 'Li' }] } }])
  })

  it('takes no credential from anything that is no text', () => {
    for (const params of [undefined, {}, { authorization: 5 }, { headers: ['authorization'] }, { headers: { authorization: {} } }])
      expect(readCredential(params)).toBeUndefined()
    expect(readCredential({ authorization: null, headers: { authorization: 'a' } })).toBe('a')
  })

  it('answers no operation of a caller whose credential was revoked', async () => {
    const client = createClient({
      url: seed.url.replace('http', 'ws'),
      connectionParams: { authorization: `left|${mine}|x` },
      retryAttempts: 0,
    })
    const first = client.iterate({ query: '{ people { name } }' })
    expect((await first.next()).value).toMatchObject({ data: {} })
    seed.revoked.add('left')
    await expect(client.iterate({ query: '{ people { name } }' }).next()).rejects.toBeDefined()
    await client.dispose()
  })
})
