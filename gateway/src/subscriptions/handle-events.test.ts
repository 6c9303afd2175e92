import { writeGlobalId } from '@renmai/platform/serve/global-id'
import { describe, expect, it } from 'vitest'
import { liveSeed, mine, theirs } from '../../test/live-seed.ts'

const seed = liveSeed()

type Sent = { query: string; accept?: string | undefined; method?: 'GET' | 'POST'; who?: string }
type Refusal = { errors: { extensions: { code: string } }[] }

function send({ query, accept = 'text/event-stream', method = 'POST', who = `a|${mine}|x` }: Sent): Promise<Response> {
  const headers = { 'content-type': 'application/json', accept, authorization: `Bearer ${who}` }
  if (method === 'GET') return fetch(`${seed.url}?${new URLSearchParams({ query })}`, { headers })
  return fetch(seed.url, { method, headers, body: JSON.stringify({ query }) })
}

/** The events of a whole stream, without its comments. */
async function eventsOf(answer: Response): Promise<{ event: string; data: unknown }[]> {
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
  const blocks = (await answer.text()).split('\n\n').filter((block) => block.startsWith('event: '))
  return blocks.map((block) => {
    const [event, data] = block.split('\n') as [string, string]
    const text = data.slice('data: '.length)
    return { event: event.slice('event: '.length), data: text === '' ? null : JSON.parse(text) }
  })
}

const complete = { event: 'complete', data: null }

describe('server-sent events', () => {
  it.each([
    'text/event-stream',
    'text/event-stream, multipart/mixed',
    'application/json, text/event-stream;q=0.5',
    'TEXT/EVENT-STREAM; charset=utf-8',
    'text/*;q=0.1',
    '*/*',
    'application/graphql-response+json, application/json, */*;q=0.2',
  ])('are answered to a client that accepts %s', async (accept) => {
    expect((await eventsOf(await send({ query: '{ people { name } }', accept }))).map(({ event }) => event)).toEqual(['next', 'complete'])
  })

  it.each(['application/json', 'text/html', '*/*;q=0', 'text/event-stream;q=0, */*', 'multipart/mixed'])(
    'are refused to a client that accepts %s, before it is charged',
    async (accept) => {
      const answer = await send({ query: '{ people { name } }', accept, who: `picky|${mine}|x` })
      expect([answer.status, ((await answer.json()) as Refusal).errors[0]!.extensions.code]).toEqual([406, 'NOT_ACCEPTABLE'])
      expect([seed.asked, seed.left('picky')]).toEqual([[], seed.left('nobody')])
    },
  )

  it.each(['GET', 'POST'] as const)('hold the result of a query by %s', async (method) => {
    const [next, ...rest] = await eventsOf(await send({ query: '{ people { id name orders } }', method }))
    const people = [{ id: writeGlobalId('Person', theirs), name: 'Li', orders: 3 }]
    expect(next).toMatchObject({ event: 'next', data: { data: { people }, extensions: { cost: expect.any(Object) } } })
    expect(rest).toEqual([complete])
  })

  it('hold the result of a mutation by POST, and carry out none by GET', async () => {
    const query = `mutation { rename(id: "1", name: "Wu") { name } }`
    expect(await eventsOf(await send({ query }))).toMatchObject([{ event: 'next', data: { data: { rename: { name: 'Wu' } } } }, complete])
    seed.asked.length = 0
    const refused = await send({ query, method: 'GET' })
    expect([refused.status, refused.headers.get('allow'), seed.asked]).toEqual([405, 'POST', []])
  })

  it.each([
    ['GRAPHQL_PARSE_FAILED', 'subscription {'],
    ['GRAPHQL_VALIDATION_FAILED', 'subscription { nothing }'],
    ['GRAPHQL_VALIDATION_FAILED', '{ nothing }'],
    ['BAD_USER_INPUT', 'query ($no: Boolean!) { people { id @skip(if: $no) } }'],
    ['BAD_USER_INPUT', 'query A { people { id } } query B { people { id } }'],
    ['UNAUTHORIZED_FIELD_OR_TYPE', 'subscription { secret { id } }'],
  ])('hold the error %s of an operation', async (code, query) => {
    const events = await eventsOf(await send({ query }))
    expect(events).toMatchObject([{ event: 'next', data: { errors: [{ extensions: { code, requestId: expect.any(String) } }] } }, complete])
  })

  it('have a status of their own for a caller or a request that is not accepted', async () => {
    const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as Refusal).errors[0]!.extensions.code]
    expect(await codeOf(await send({ query: '{ people { id } }', who: 'nobody' }))).toEqual([401, 'UNAUTHENTICATED'])
    expect(await codeOf(await send({ query: '{ people { id } }', who: `partner|${mine}|x` }))).toEqual([403, 'FORBIDDEN'])
    expect(await codeOf(await send({ query: '' }))).toEqual([400, 'BAD_USER_INPUT'])
    const reserved = await fetch(seed.url, { method: 'PUT', headers: { authorization: `Bearer a|${mine}|x` } })
    expect([...(await codeOf(reserved)), reserved.headers.get('allow')]).toEqual([405, 'METHOD_NOT_ALLOWED', 'GET, POST'])
  })

  it('name the place of a value that the schema does not have', async () => {
    const [next] = await eventsOf(await send({ query: '{ mood }' }))
    const error = { path: ['mood'], locations: [{ line: 1, column: 3 }], extensions: { code: 'INTERNAL' } }
    expect(next!.data).toMatchObject({ data: null, errors: [{ message: 'Query.mood has a value that its type does not allow', ...error }] })
  })
})
