import { writeGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { Agent, request } from 'undici'
import { describe, expect, it } from 'vitest'
import { liveSeed, mine } from '../../test/live-seed.ts'

const seed = liveSeed()

describe('listeners', () => {
  it('with the same access and the same selection cause one query for each event', async () => {
    const query = 'subscription { changed { id orders } }'
    const same = [seed.overSocket(query, `s1|${mine}|x`), seed.overSocket(query, `s2|${mine}|x`), seed.overEvents(query, `s3|${mine}|x`)]
    await seed.untilTold(same, newId())
    const id = newId()
    seed.asked.length = 0
    seed.publish(id)
    await eventually(() => expect(same.every(({ told }) => JSON.stringify(told.at(-1)).includes(writeGlobalId('Person', id)))).toBe(true))
    const about = seed.asked.filter(({ body }) => body.event?.customerId === id || body.variables.representations?.[0]?.id === id)
    expect(about.map(({ subgraph }) => subgraph)).toEqual(['people', 'shops'])
    for (const one of same) one.stop()
  })

  it('with other scopes cause their own query', async () => {
    const query = 'subscription { changed { id } }'
    const both = [seed.overSocket(query, `s1|${mine}|x`), seed.overSocket(query, `s1|${mine}|x,y`)]
    await seed.untilTold(both, newId())
    const id = newId()
    seed.publish(id)
    await eventually(() => expect(seed.asked.filter(({ body }) => body.event?.customerId === id)).toHaveLength(2))
    for (const one of both) one.stop()
  })

  it('of a field that depends on the viewer cause a query each', async () => {
    const query = 'subscription { own { id } }'
    const both = [seed.overSocket(query, `s1|${mine}|x`), seed.overSocket(query, `s2|${mine}|x`)]
    await seed.untilTold(both, newId())
    const id = newId()
    seed.publish(id)
    await eventually(() =>
      expect(
        seed.asked
          .filter(({ body }) => body.event?.customerId === id)
          .map(({ viewer }) => viewer)
          .toSorted(),
      ).toEqual(['s1', 's2']),
    )
    for (const one of both) one.stop()
  })

  it('of a field that changes often receive the last of several changes', async () => {
    const listening = seed.overSocket('subscription { seldom { id } }', `o|${mine}|x`)
    const [id, other, last] = [newId(), newId(), newId()]
    await seed.untilTold([listening], id)
    listening.told.length = 0
    for (let no = 0; no < 20; no++) seed.publish(no % 2 ? id : other)
    seed.publish(last)
    const told = () => listening.told.map(({ data }) => (data!.seldom as { id: string }).id)
    await eventually(() => expect(new Set(told()).size).toBe(3))
    // Three, unless the machine is so busy that the events fall into several intervals.
    expect(told().length).toBeLessThanOrEqual(7)
    listening.stop()
  })

  it('over WebSockets are closed with a code that states whether to reconnect', async () => {
    const codeFor = async (authorization: string) => {
      const socket = new WebSocket(seed.url.replace('http', 'ws'), 'graphql-transport-ws')
      socket.onopen = () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }))
      return new Promise<number>((resolve) => (socket.onclose = ({ code }) => resolve(code)))
    }
    expect(await codeFor('nobody')).toBe(4401)
    expect(await codeFor(`partner|${mine}|x`)).toBe(4403)
    expect(await codeFor(`unsure|${mine}|x`)).toBe(1013)
  })

  it('over server-sent events release their place when they end, on a connection that stays', async () => {
    const agent = new Agent({ connections: 1, pipelining: 1 })
    const once = async () => {
      const { body } = await request(seed.url, {
        dispatcher: agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer again|${mine}|x` },
        body: JSON.stringify({ query: 'subscription { changed { id } }' }),
      })
      setTimeout(seed.stopLive, 50)
      return body.text()
    }
    for (let no = 0; no < 4; no++) expect(await once()).toContain('event: complete')
    await agent.close()
  })

  it('do not subscribe by POST', async () => {
    const answer = await fetch(seed.url.replace('/stream', ''), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer a|${mine}|x` },
      body: JSON.stringify({ query: 'subscription { changed { id } }' }),
    })
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('/graphql/stream')])
  })
})
