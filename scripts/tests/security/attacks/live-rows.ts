import { ALL_SCOPES } from '@renmai/platform/testing/viewers'
import { type Answered, call } from '../../bad-input/row.ts'
import { addVictim, write } from '../../bad-input/stage.ts'
import { type Attack, addClient, type Callers, numbered } from './callers.ts'

const CHANGED = 'subscription { customerChanged { id } }'
const graphql = ({ whole }: Callers) => whole.client.endpoints.graphql
type Frame = { id?: string; type: string; payload?: unknown }
const subscribe = (query: string, id = 'a', variables = {}): Frame => ({ id, type: 'subscribe', payload: { query, variables } })
const init = (credential?: string): Frame => ({
  type: 'connection_init',
  ...(credential ? { payload: { authorization: `Bearer ${credential}` } } : {}),
})

/** A conversation over a WebSocket: each frame is sent after the answer that it waits for. */
class Talk {
  readonly frames: Frame[] = []
  readonly closed: Promise<number>
  readonly #socket: WebSocket
  #tell: () => void = () => undefined

  constructor(endpoint: string) {
    this.#socket = new WebSocket(`${endpoint.replace('http', 'ws')}/stream`, 'graphql-transport-ws')
    this.closed = new Promise((resolve) => {
      this.#socket.onclose = ({ code }) => {
        resolve(code)
        this.#tell()
      }
    })
    this.#socket.onmessage = ({ data }) => {
      this.frames.push(JSON.parse(String(data)) as Frame)
      this.#tell()
    }
  }

  async say(...frames: (Frame | string)[]): Promise<void> {
    if (this.#socket.readyState === WebSocket.CONNECTING) await new Promise((resolve) => this.#socket.addEventListener('open', resolve))
    for (const frame of frames) this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  /** Resolves when so many frames of a type have come, or none can come any more. */
  async until(type: string, count = 1): Promise<void> {
    while (this.frames.filter((one) => one.type === type).length < count && this.#socket.readyState !== WebSocket.CLOSED)
      await new Promise<void>((resolve) => {
        this.#tell = resolve
      })
  }

  /** Ends it. @returns the frames, and the code with which it was closed */
  async end(): Promise<Answered> {
    this.#socket.close()
    return this.answer()
  }

  async answer(): Promise<Answered> {
    return { status: await this.closed, codes: '', text: JSON.stringify(this.frames), headers: {} }
  }
}

/** Frames for which the server closes the socket, with the code. */
const closing = (
  what: string,
  status: number | number[],
  frames: (s: Callers) => (Frame | string)[] | Promise<(Frame | string)[]>,
): Omit<Attack, 'id'> => ({
  what: `a socket with ${what}`,
  send: async (s) => {
    const talk = new Talk(graphql(s))
    await talk.say(...(await frames(s)))
    return talk.answer()
  },
  status,
})

const closes = [
  closing('no credential', 4401, () => [init()]),
  closing('a wrong credential', 4401, () => [init('x')]),
  closing("a subgraph's kind of token", 4401, () => [init('eyJhbGciOiJIUzI1NiJ9.e30.x')]),
  closing('the key of a partner, where more than the public schema is', 4403, async ({ whole }) => [
    init((await addClient(whole, ['customers:read'], { kind: 'PARTNER' })).key),
  ]),
  closing('a subscription before its credential', 4401, () => [subscribe(CHANGED)]),
  closing('two credentials', 4429, ({ key }) => [init(key), init(key)]),
  closing('a frame that is no JSON', 4400, ({ key }) => [init(key), '{']),
  closing('a frame of a type that nobody knows', 4400, ({ key }) => [init(key), { type: 'constructor' }]),
  closing('a frame that is a list', 4400, ({ key }) => [init(key), '[]']),
  closing('a frame of 300 kB', 1009, ({ key }) => [init(key), 'x'.repeat(300_000)]),
]

/** Frames that are refused on a socket that stays open. @param end the frame that ends the operation */
const refusing = (what: string, query: string, code: string, scopes: string[] = ALL_SCOPES, end = 'error'): Omit<Attack, 'id'> => ({
  what: `${what} over a socket`,
  send: async (s) => {
    const talk = new Talk(graphql(s))
    await talk.say(init((await addClient(s.whole, scopes)).key))
    await talk.until('connection_ack')
    await talk.say(subscribe(query))
    await talk.until(end)
    return talk.end()
  },
  status: [1000, 1005],
  text: new RegExp(`^(?!.*"id":"[^"]{9}).*"${code}`, 's'),
})

const CREATE = 'mutation { createTagGroup(input: { idempotencyKey: "12345678", name: "x" }) { group { id } } }'
const refusals = [
  refusing('a query beyond its scopes', '{ tagGroups { nodes { id } } }', 'UNAUTHORIZED_FIELD_OR_TYPE', ['customers:write'], 'complete'),
  refusing('a mutation beyond its scopes', CREATE, 'UNAUTHORIZED_FIELD_OR_TYPE', ['customers:read'], 'complete'),
  refusing(
    'a query with too many aliases',
    `{ ${Array.from({ length: 60 }, (_, no) => `a${no}: tenant { id }`).join(' ')} }`,
    'GRAPHQL_VALIDATION_FAILED',
  ),
  refusing('two subscriptions in one', 'subscription { a: customerChanged { id } b: customerChanged { id } }', 'GRAPHQL_VALIDATION_FAILED'),
  refusing('the schema', 'subscription { __schema { types { name } } }', 'GRAPHQL_VALIDATION_FAILED'),
  refusing('a field of nobody', 'subscription { constructor }', 'GRAPHQL_VALIDATION_FAILED'),
  refusing('an event that its client may not receive', 'subscription { messageReceived { id } }', 'UNAUTHORIZED_FIELD_OR_TYPE', [
    'customers:read',
  ]),
  refusing('entities', 'subscription { _entities(representations: []) { __typename } }', 'GRAPHQL_VALIDATION_FAILED'),
]

const SOCKETS = 50
const numbers: Omit<Attack, 'id'>[] = [
  {
    what: 'sixty subscriptions in one moment, of which ten are refused',
    send: async (s) => {
      const talk = new Talk(graphql(s))
      await talk.say(init((await addClient(s.whole, ALL_SCOPES)).key))
      await talk.until('connection_ack')
      await talk.say(...Array.from({ length: 60 }, (_, no) => subscribe(CHANGED, `s${no}`)))
      await talk.until('error', 10)
      return talk.end()
    },
    status: [1000, 1005],
    text: /^(?:(?!RATE_LIMITED).)*(?:RATE_LIMITED(?:(?!RATE_LIMITED).)*){10}$/s,
  },
  {
    what: `a socket of a client that has ${SOCKETS}`,
    send: async (s) => {
      const { key } = await addClient(s.whole, ALL_SCOPES)
      const talks = Array.from({ length: SOCKETS }, () => new Talk(graphql(s)))
      await Promise.all(talks.map((talk) => talk.say(init(key)).then(() => talk.until('connection_ack'))))
      const one = new Talk(graphql(s))
      await one.say(init(key))
      const answer = await one.answer()
      await Promise.all(talks.map((talk) => talk.end()))
      return answer
    },
    status: 1013,
  },
]

const EVENTS: Record<string, [(s: Callers) => Promise<string> | string, string, Pick<Attack, 'status' | 'code' | 'text'>]> = {
  'a wrong credential': [() => 'x', CHANGED, { status: 401, code: /^UNAUTHENTICATED$/ }],
  'the key of a partner': [
    async ({ whole }) => (await addClient(whole, ['customers:read'], { kind: 'PARTNER' })).key,
    CHANGED,
    { status: 403, code: /^FORBIDDEN$/ },
  ],
  'a query beyond its scopes': [
    async ({ whole }) => (await addClient(whole, ['customers:write'])).key,
    '{ tagGroups { nodes { id } } }',
    { status: 200, text: /UNAUTHORIZED_FIELD_OR_TYPE/ },
  ],
  'a mutation by GET': [({ key }) => key, 'mutation { __typename }', { status: 405, code: /^METHOD_NOT_ALLOWED$/ }],
  'an event that its client may not receive': [
    async ({ whole }) => (await addClient(whole, ['customers:read'])).key,
    'subscription { messageReceived { id } }',
    { status: 200, text: /^(?!.*"data").*UNAUTHORIZED_FIELD_OR_TYPE/s },
  ],
}
const events = Object.entries(EVENTS).map(
  ([what, [credential, query, wanted]]): Omit<Attack, 'id'> => ({
    what: `server-sent events with ${what}`,
    send: async (s) =>
      call(`${graphql(s)}/stream?query=${encodeURIComponent(query)}`, {
        method: 'GET',
        headers: { accept: 'text/event-stream', authorization: `Bearer ${await credential(s)}` },
      }),
    ...wanted,
  }),
)

/** Another tenant, and a function that changes a customer of it. */
async function addNeighbour({ whole }: Callers) {
  const { victim, theirs } = await addVictim(whole)
  const input = { groupId: theirs.groupId, name: 'theirs' }
  const { tag } = await write<{ tag: { id: string } }>(whole, victim.key, 'createTag', 'CreateTagInput', 'tag { id }', input)
  const change = async () => {
    for (const verb of ['tagProfiles', 'untagProfiles'])
      await write(whole, victim.key, verb, `${verb[0]!.toUpperCase()}${verb.slice(1)}Input`, 'changed', {
        tagId: tag.id,
        target: { profileIds: [theirs.profileId] },
      })
  }
  return { key: victim.key, ...theirs, change }
}

const eavesdropping: Omit<Attack, 'id'>[] = [
  {
    what: "a socket that listens to another tenant's customers, while that one receives them",
    send: async (s) => {
      const neighbour = await addNeighbour(s)
      const [attacker, victim] = [new Talk(graphql(s)), new Talk(graphql(s))]
      await Promise.all([attacker.say(init(s.key)), victim.say(init(neighbour.key))])
      await Promise.all([attacker.until('connection_ack'), victim.until('connection_ack')])
      const one = 'subscription ($id: ID!) { customerChanged(customerId: $id) { id } }'
      await attacker.say(subscribe(CHANGED), subscribe(one, 'b', { id: neighbour.customerId }))
      await victim.say(subscribe(CHANGED))
      const heard = victim.until('next')
      // A subscription begins some time after it was sent, so the change is repeated until it arrives.
      for (let isHeard = false; !isHeard; isHeard = victim.frames.some(({ type }) => type === 'next')) await neighbour.change()
      await heard
      await victim.end()
      return attacker.end()
    },
    status: [1000, 1005],
    text: /^(?!.*"type":"next")/s,
  },
]

export const liveRows = numbered('live', [...closes, ...refusals, ...numbers, ...events, ...eavesdropping])
