import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createHttp } from './http.ts'
import { createLog } from './log.ts'
import { meter } from './meter.ts'
import { serveMetrics } from './serve-metrics.ts'

const counter = meter.createCounter('renmai_test_total', { description: 'For this test' })
const HOST = '127.0.0.1'

describe('metrics', () => {
  it('are served on a port of their own, and nothing else is there', async () => {
    counter.add(1, { client: 'a-client' })
    const metrics = (await serveMetrics(HOST, 0))!
    try {
      expect(await (await fetch(metrics.url)).text()).toContain('client="a-client"')
      for (const [path, method] of [
        ['/', 'GET'],
        ['/metrics?x', 'GET'],
        ['/metrics', 'POST'],
        ['/livez', 'GET'],
      ])
        expect((await fetch(new URL(path!, metrics.url), { method: method! })).status, `${method} ${path}`).toBe(404)
    } finally {
      await metrics.stop()
    }
    await expect(fetch(metrics.url)).rejects.toThrow()
  })

  it('are not on the port that callers reach', async () => {
    counter.add(1, { client: 'a-client' })
    const http = createHttp({ log: createLog('test', 'silent') })
    const url = await http.listen({ host: HOST, port: 0 })
    try {
      for (const path of ['/metrics', '/metrics/', '//metrics', '/METRICS', '/%6detrics']) {
        const answer = await fetch(`${url}${path}`)
        expect(answer.status, path).toBe(404)
        expect(await answer.text(), path).not.toContain('a-client')
      }
    } finally {
      await http.drain(0)
    }
  })

  it('are served nowhere without a port', async () => {
    expect(await serveMetrics(HOST, undefined)).toBeUndefined()
  })

  it('on a port that is taken end the start with an error', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, HOST, resolve))
    try {
      await expect(serveMetrics(HOST, (taken.address() as AddressInfo).port)).rejects.toThrow('EADDRINUSE')
    } finally {
      taken.close()
    }
  })

  it('wait at the end for no reader who keeps a connection', async () => {
    const metrics = (await serveMetrics(HOST, 0))!
    const held = get(metrics.url)
    const closed = new Promise((resolve) => held.once('close', resolve))
    held.on('error', () => undefined)
    await new Promise((resolve) => held.once('response', resolve))
    await metrics.stop()
    await closed
  })
})
