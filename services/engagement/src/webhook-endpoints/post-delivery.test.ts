import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type ServerResponse } from 'node:http'
import { createEgress } from '@renmai/platform/secrets/egress'
import { newId } from '@renmai/platform/serve/ids'
import { describe, expect, it } from 'vitest'
import { LOOPBACK, webhookSeed } from '../../test/webhook-seed.ts'
import { createPost } from './post.ts'

const seed = webhookSeed()

describe('a request', () => {
  const parcel = (path = '') => ({
    id: newId(),
    url: `${seed.url}${path}`,
    secrets: [`whsec_${Buffer.alloc(24, 1).toString('base64')}`],
    body: '{}',
  })
  const postWithin = async (ms: number, to = parcel(), egress = seed.worker.webEgress) => {
    const { post, close } = createPost(egress, ms)
    seed.stopLater(close)
    return post(to, new Date())
  }

  /** Writes as fast as the client reads. */
  const writeOn = (response: ServerResponse): void => {
    while (!response.destroyed && response.write(Buffer.alloc(1 << 20)));
    response.once('drain', () => writeOn(response))
  }
  const slowly = (response: ServerResponse): void => {
    const timer = setInterval(() => response.write('a'), 500)
    response.once('close', () => clearInterval(timer))
  }

  it('waits for an answer no longer than its deadline', async () => {
    seed.respond = () => undefined
    expect(await postWithin(200)).toEqual({ status: null, problem: 'NO_ANSWER' })
  })

  it.each<[string, (response: ServerResponse) => void]>([
    ['an endless body', (response) => writeOn(response)],
    ['a byte a second', (response) => slowly(response)],
    ['10 GB by its own account', (response) => writeOn(response)],
  ])('reads little of %s', async (what, write) => {
    let written = () => 0
    seed.respond = (_request, response) => {
      const { socket } = response
      written = () => socket!.bytesWritten
      response.writeHead(200, what.startsWith('10 GB') ? { 'content-length': String(10 * 1024 ** 3) } : {})
      write(response)
    }
    expect(await postWithin(1_500)).toMatchObject({ status: 200, problem: null })
    // The limit includes the buffers between.
    expect(written()).toBeLessThan(32 * 1024 ** 2)
    seed.hangUp()
  })

  it('treats an answer with excessive headers as no answer', async () => {
    seed.respond = (_request, response) => response.writeHead(200, { 'x-bomb': 'a'.repeat(100_000) }).end()
    expect(await postWithin(2_000)).toEqual({ status: null, problem: 'NO_ANSWER' })
  })

  const connectErrors = async (find: () => Promise<string[]>, allowed: typeof LOOPBACK) => {
    const errors: (Error & { address?: string; port?: number })[] = []
    const note = (message: unknown) => void errors.push((message as { error: Error }).error)
    subscribe('undici:client:connectError', note)
    const to = { ...parcel(), url: 'https://hooks.example.com/x' }
    const answers = [await postWithin(2_000, to, createEgress(allowed, 'webhook', [443], find))]
    unsubscribe('undici:client:connectError', note)
    return { answers, errors }
  }

  it('goes to the address that was checked, and to no internal one, whatever the name resolved to before', async () => {
    const pinned = await connectErrors(async () => ['127.0.0.1'], LOOPBACK)
    expect(pinned.errors[0]).toMatchObject({ code: 'ECONNREFUSED', address: '127.0.0.1', port: 443 })
    const flipped = await connectErrors(async () => ['127.0.0.1'], [])
    expect(flipped.errors[0]).toMatchObject({ code: 'INVALID', message: 'We cannot connect to this host and port' })
    expect([...pinned.answers, ...flipped.answers]).toEqual(Array(2).fill({ status: null, problem: 'NO_ANSWER' }))
  })

  it('goes to no internal address, even when its URL was stored before', async () => {
    expect(await postWithin(500, parcel(), createEgress([], 'webhook', [443]))).toEqual({ status: null, problem: 'NO_ANSWER' })
    expect(seed.got).toHaveLength(0)
  })
})
