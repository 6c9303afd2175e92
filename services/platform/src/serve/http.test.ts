import { Agent, buildConnector, request } from 'undici'
import { describe, expect, it } from 'vitest'
import { eventually } from '../testing/eventually.ts'
import { pause } from './clock.ts'
import { AppError } from './errors.ts'
import { createHttp } from './http.ts'
import { createLog } from './log.ts'

async function serve(ready = true) {
  const http = createHttp({
    log: createLog('test', 'silent'),
    bodyLimit: 1_000,
    isReady: async () => {
      if (!ready) throw new Error('database')
    },
  })
  http.post('/echo', async (req) => ({ got: req.body }))
  http.get('/refuse', async () => {
    throw new AppError('CONFLICT', 'taken', { name: 'is taken' })
  })
  http.get('/break', async () => {
    throw new Error('postgres://u:secret@db')
  })
  http.get('/slow', async () => {
    await pause(20)
    return { ok: true }
  })
  const url = await http.listen({ host: '127.0.0.1', port: 0 })
  const get = async (path: string) => {
    const { statusCode, body, headers } = await request(url + path)
    return { statusCode, headers, body: (await body.json()) as { error?: { code: string; message: string } } }
  }
  const post = async (body: string, type = 'application/json') => {
    const answer = await request(`${url}/echo`, { method: 'POST', body, headers: { 'content-type': type } })
    return { statusCode: answer.statusCode, body: (await answer.body.json()) as { error?: { code: string } } }
  }
  return { http, url, get, post }
}

describe('the HTTP server', () => {
  it('answers every fault in JSON, and masks errors that are not meant for callers', async () => {
    const { http, get, post } = await serve()
    expect(await get('/refuse')).toMatchObject({
      statusCode: 409,
      body: { error: { code: 'CONFLICT', message: 'taken', fields: { name: 'is taken' } } },
    })
    expect(await get('/break')).toMatchObject({
      statusCode: 500,
      body: { error: { code: 'INTERNAL', message: expect.not.stringContaining('secret') } },
    })
    expect(await get('/nowhere')).toMatchObject({ statusCode: 404, body: { error: { code: 'NOT_FOUND' } } })
    expect(await post('{"a":')).toMatchObject({ statusCode: 400 })
    expect(await post('x'.repeat(2_000), 'application/json')).toMatchObject({ statusCode: 413, body: { error: { code: 'TOO_LARGE' } } })
    expect(await post('a', 'application/x-unknown')).toMatchObject({ statusCode: 415 })
    await http.close()
  })

  it('is alive without its database, but not ready', async () => {
    const { http, get } = await serve(false)
    expect((await get('/livez')).statusCode).toBe(200)
    expect(await get('/readyz')).toMatchObject({ statusCode: 503, body: { reason: 'database' } })
    await http.close()
  })

  it('drains without failing a request', async () => {
    const { http, url, get } = await serve()
    // As behind a load balancer: some time after readiness turns red, nobody is sent here any more, but who is connected stays.
    let isOutOfService = false
    const connect = buildConnector({})
    const refused = Object.assign(new Error('no longer in service'), { code: 'ECONNREFUSED' })
    const agent = new Agent({
      connections: 20,
      pipelining: 1,
      connect: (options, done) => (isOutOfService ? done(refused, null) : connect(options, done)),
    })
    let [sent, failed] = [0, 0]
    const client = async () => {
      for (;;) {
        const outcome = await request(`${url}/slow`, { dispatcher: agent }).then(
          (answer) => answer.body.dump().then(() => (answer.statusCode === 200 ? 'ok' : 'failed')),
          (error: { code?: string }) => (error.code === 'ECONNREFUSED' ? 'refused' : 'failed'),
        )
        if (outcome === 'refused') return
        sent++
        if (outcome === 'failed') failed++
      }
    }
    const clients = Array.from({ length: 20 }, client)
    await eventually(() => expect(sent).toBeGreaterThan(40))
    const draining = http.drain(1_000)
    await eventually(async () => expect((await get('/readyz')).statusCode).toBe(503))
    isOutOfService = true
    await draining
    await Promise.all(clients)
    expect(failed).toBe(0)
    await agent.close()
  })
})
