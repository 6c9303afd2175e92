import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CreateTagDocument, CustomersDocument, createRenmai, RenmaiError, TagGroupsDocument } from '../src/index.ts'

type Seen = { authorization: string; variables: { input?: { idempotencyKey: string; name: string } } }

let server: Server
let endpoint: string
let seen: Seen[]
let answers: ((response: ServerResponse) => void)[]

const say =
  (status: number, body: object, headers = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
const failing = (code: string, status = 200, headers = {}) =>
  say(status, { data: null, errors: [{ message: 'no', extensions: { code } }] }, headers)
const made = say(200, { data: { createTag: { tag: { id: 't' } } } })

beforeEach(async () => {
  ;[seen, answers] = [[], []]
  server = createServer(async (request, response) => {
    const { variables = {} } = JSON.parse((await request.toArray()).join('')) as Partial<Seen>
    seen.push({ authorization: request.headers.authorization!, variables })
    answers.shift()!(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

describe('a client', () => {
  it('retries transient failures, a mutation always under one key', async () => {
    answers = [(response) => response.destroy(), failing('UNAVAILABLE', 503), failing('RATE_LIMITED', 429, { 'retry-after': '0' }), made]
    const { request } = createRenmai({ endpoint, credential: 'rm_live_key' })
    const { createTag } = await request(CreateTagDocument, { input: { groupId: 'g', name: 'VIP' } })
    expect(createTag.tag?.id).toBe('t')
    const keys = seen.map(({ variables }) => variables.input!.idempotencyKey)
    expect([keys.length, new Set(keys).size, keys[0]]).toEqual([4, 1, expect.stringMatching(/^[\w-]{36}$/)])
    expect(new Set(seen.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer rm_live_key']))
  })

  it('keeps the key that it is given, and makes another one for another call', async () => {
    answers = [made, made, made]
    const { request } = createRenmai({ endpoint, credential: async () => 'token' })
    await request(CreateTagDocument, { input: { idempotencyKey: 'my-own-key', groupId: 'g', name: 'a' } })
    for (const name of ['b', 'c']) await request(CreateTagDocument, { input: { groupId: 'g', name } })
    const keys = seen.map(({ variables }) => variables.input!.idempotencyKey)
    expect(keys[0]).toBe('my-own-key')
    expect(new Set(keys).size).toBe(3)
  })

  it('does not retry permanent failures, and returns code, fields and partial data', async () => {
    const error = {
      message: 'no',
      path: ['createTag'],
      extensions: { code: 'BAD_USER_INPUT', fields: { name: 'too long' }, requestId: 'r' },
    }
    answers = [say(200, { data: { createTag: null }, errors: [error] })]
    const failed = await createRenmai({ endpoint, credential: 'k' })
      .request(CreateTagDocument, { input: { groupId: 'g', name: 'a' } })
      .catch((one: RenmaiError) => one)
    expect(failed).toBeInstanceOf(RenmaiError)
    expect(failed).toMatchObject({
      code: 'BAD_USER_INPUT',
      details: [{ message: 'no', code: 'BAD_USER_INPUT', path: ['createTag'], fields: { name: 'too long' }, requestId: 'r' }],
      data: { createTag: null },
    })
    expect(seen).toHaveLength(1)
  })

  it('throws the user errors of a payload', async () => {
    const parameters = [{ name: 'maximum', value: '30' }]
    const userErrors = [{ message: 'name: too long', code: 'BAD_USER_INPUT', field: ['input', 'name'], parameters }]
    answers = [
      say(200, { data: { createTag: { tag: null, userErrors } } }),
      say(200, { data: { createTag: { tag: { id: '1' }, userErrors: [] } } }),
    ]
    const { request } = createRenmai({ endpoint, credential: 'k' })
    const ask = () => request(CreateTagDocument, { input: { groupId: 'g', name: 'a' } })
    await expect(ask()).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: [
        { message: 'name: too long', path: ['createTag'], fields: { 'input.name': 'name: too long' }, parameters: { maximum: '30' } },
      ],
    })
    expect((await ask()).createTag.tag?.id).toBe('1')
    expect(seen).toHaveLength(2)
  })

  it('gives up after the last attempt, and on an answer that is not GraphQL', async () => {
    answers = [failing('TIMEOUT'), failing('TIMEOUT')]
    const { request } = createRenmai({ endpoint, credential: 'k', retries: 1 })
    await expect(request(TagGroupsDocument)).rejects.toMatchObject({ code: 'TIMEOUT' })
    answers = [
      (response) => void response.writeHead(404).end('<html>'),
      (response) => void response.writeHead(502).end(),
      say(200, { data: { customers: { nodes: [] } } }),
    ]
    await expect(request(TagGroupsDocument)).rejects.toMatchObject({ code: 'UNKNOWN' })
    expect((await request(CustomersDocument, { first: 1 })).customers.nodes).toEqual([])
  })
})
