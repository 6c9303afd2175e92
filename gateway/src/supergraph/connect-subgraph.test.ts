import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSigner, createVerifier, verifyViewer } from '@renmai/platform/serve/viewer'
import { eventually } from '@renmai/platform/testing/eventually'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectSubgraph, type Subgraph } from './connect-subgraph.ts'

const TENANT = '01931a2b-0000-7000-8000-000000000001'
const staff = (id: string) => ({ kind: 'STAFF', id, tenantId: TENANT, scopes: new Set(['orders:read']) }) as const
const SECRET = 's'.repeat(32)
const body = (query: string) => JSON.stringify({ query, variables: {} })

type Seen = { token: string; body: string }

let [server, subgraph, seen, answer]: [Server, Subgraph, Seen[], (response: ServerResponse) => unknown] = [] as never

beforeEach(async () => {
  seen = []
  answer = (response) => response.end('{"data":{"a":{"b":1}}}')
  server = createServer(async (request: IncomingMessage, response) => {
    const text = (await request.toArray()).join('')
    seen.push({ token: request.headers.authorization!.replace('Bearer ', ''), body: text })
    await answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`
  subgraph = connectSubgraph('orders', url, createSigner(SECRET), 300)
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await subgraph.close()
})

describe('a subgraph', () => {
  it('receives the viewer in a token for this subgraph and this body', async () => {
    await subgraph.ask(staff('a'), body('{ a }'), 'query')
    const { token, body: text } = seen[0]!
    const verifier = await createVerifier(SECRET)
    await expect(verifyViewer(verifier, token, 'orders', text)).resolves.toMatchObject({ id: 'a', tenantId: TENANT })
    await expect(verifyViewer(verifier, token, 'campaign', text)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('is called once for equal concurrent queries of one viewer, and each gets its own answer', async () => {
    const mayAnswer = Promise.withResolvers<void>()
    answer = (response) => mayAnswer.promise.then(() => response.end('{"data":{"a":{"b":1}}}'))
    const viewer = staff('a')
    const asked = [1, 2, 3].map(() => subgraph.ask(viewer, body('{ a }'), 'query'))
    await eventually(() => expect(seen).toHaveLength(1))
    mayAnswer.resolve()
    const [first, second] = await Promise.all(asked)
    expect(seen).toHaveLength(1)
    ;(first!.data!.a as { b: number }).b = 2
    expect(second!.data).toEqual({ a: { b: 1 } })
    await subgraph.ask(viewer, body('{ a }'), 'query')
    expect(seen).toHaveLength(2)
  })

  it('is called for each viewer, each body and each mutation', async () => {
    const mayAnswer = Promise.withResolvers<void>()
    answer = (response) => mayAnswer.promise.then(() => response.end('{"data":{}}'))
    const viewer = staff('a')
    const asked = [
      subgraph.ask(viewer, body('{ a }'), 'query'),
      subgraph.ask(staff('b'), body('{ a }'), 'query'),
      subgraph.ask(viewer, body('{ b }'), 'query'),
      subgraph.ask(viewer, body('mutation { a }'), 'mutation'),
      subgraph.ask(viewer, body('mutation { a }'), 'mutation'),
    ]
    await eventually(() => expect(seen).toHaveLength(5))
    mayAnswer.resolve()
    await Promise.all(asked)
    expect(seen).toHaveLength(5)
  })

  it('is called again after a mutation, even while an older answer is under way', async () => {
    const mayAnswer = Promise.withResolvers<void>()
    answer = async (response) => {
      if (seen.length === 1) await mayAnswer.promise
      response.end(`{"data":{"no":${seen.length}}}`)
    }
    const viewer = staff('a')
    const older = subgraph.ask(viewer, body('{ a }'), 'query')
    await eventually(() => expect(seen).toHaveLength(1))
    await subgraph.ask(viewer, body('mutation { a }'), 'mutation')
    await subgraph.ask(viewer, body('{ a }'), 'query')
    expect(seen).toHaveLength(3)
    mayAnswer.resolve()
    await older
  })

  it('that answers byte by byte fails at the deadline, and its connection is closed', async () => {
    let closed = 0
    answer = (response) => {
      const drip = setInterval(() => response.write(' '), 50)
      response.once('close', () => (clearInterval(drip), closed++))
    }
    await expect(subgraph.ask(staff('a'), body('{ a }'), 'query')).resolves.toMatchObject({
      errors: [{ extensions: { code: 'UNAVAILABLE' } }],
    })
    await eventually(() => expect(closed).toBe(1))
  })

  it('that answers late, brokenly or not at all is unavailable, and nothing is sent twice', async () => {
    const unavailable = { data: null, errors: [{ extensions: { code: 'UNAVAILABLE' } }] }
    const answers = [
      () => undefined,
      (response: ServerResponse) => response.end('{"data":'),
      (response: ServerResponse) => response.writeHead(503).end('{"data":{}}'),
      (response: ServerResponse) => response.destroy(),
    ]
    for (const [no, one] of answers.entries()) {
      answer = one
      expect(await subgraph.ask(staff('a'), body('mutation { a }'), 'mutation')).toMatchObject(unavailable)
      expect(seen).toHaveLength(no + 1)
    }
  })

  it('that is overloaded has its own error, and is not called again', async () => {
    for (const status of [429, 503]) {
      answer = (response) => response.writeHead(status).end('{}')
      const { errors } = await subgraph.ask(staff('a'), body('{ a }'), 'query')
      expect(errors).toEqual([{ message: expect.stringContaining('Too many requests'), extensions: { code: 'UNAVAILABLE' } }])
    }
    expect(seen).toHaveLength(2)
  })

  it('gets a query again whose connection broke', async () => {
    answer = (response) => (seen.length === 1 ? response.destroy() : response.end('{"data":{"a":1}}'))
    expect(await subgraph.ask(staff('a'), body('{ a }'), 'query')).toEqual({ data: { a: 1 } })
    expect(seen).toHaveLength(2)
  })

  it('loses idle connections before it could end them during a mutation', async () => {
    let [connections, closed] = [0, 0]
    server.keepAliveTimeout = 600_000
    server.on('connection', (socket) => {
      connections++
      socket.once('close', () => closed++)
    })
    const mutate = () => subgraph.ask(staff('a'), body('mutation { a }'), 'mutation')
    await mutate()
    // A connection is free a moment after its answer.
    await eventually(async () => {
      const before = connections
      await mutate()
      expect(connections).toBe(before)
    })
    const before = connections
    await eventually(() => expect(closed).toBe(before))
    await mutate()
    expect(connections).toBe(before + 1)
  })

  it('that does not answer is not called for a second, then called again; one that refuses is called on', async () => {
    const ask = () => subgraph.ask(staff('a'), body('mutation { a }'), 'mutation')
    answer = (response) => response.writeHead(429).end()
    for (let no = 0; no < 12; no++) await ask()
    expect(seen).toHaveLength(12)
    answer = (response) => response.destroy()
    for (let no = 0; no < 12; no++) await ask()
    expect(seen).toHaveLength(22)
    answer = (response) => response.end('{"data":{"a":1}}')
    await eventually(async () => expect(await ask()).toEqual({ data: { a: 1 } }))
    expect(await ask()).toEqual({ data: { a: 1 } })
  })
})
