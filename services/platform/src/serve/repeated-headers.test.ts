import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createHttp, type Http } from './http.ts'
import { createLog } from './log.ts'

let [http, port]: [Http, number] = [] as never
beforeAll(async () => {
  http = createHttp({ log: createLog('test', 'silent') })
  http.get('/', async () => ({ ok: true }))
  port = Number(new URL(await http.listen({ host: '127.0.0.1', port: 0 })).port)
})
afterAll(() => http.close())

async function statusOf(...headers: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(['GET / HTTP/1.1', ...headers, 'Connection: close', '', ''].join('\r\n'))
  let answer = ''
  socket.on('data', (part) => (answer += part.toString()))
  await once(socket, 'close')
  return answer.slice(9, 12)
}

it.each([
  ['Authorization', 'Bearer good', 'Bearer other'],
  ['authorization', 'Bearer same', 'Bearer same'],
  ['Host', 'b.example', 'c.example'],
  ['Content-Type', 'application/json', 'text/csv'],
  ['Webhook-Signature', 'v1,a', 'v1,b'],
])('a request with %s twice is refused', async (name, one, other) => {
  const host = name === 'Host' ? [] : ['Host: a.example']
  expect(await statusOf(...host, `${name}: ${one}`)).toBe('200')
  expect(await statusOf(...host, `${name}: ${one}`, `${name.toUpperCase()}: ${other}`)).toBe('400')
})

it('a request may repeat what is a list', async () => {
  expect(
    await statusOf(
      'Host: a.example',
      'Accept: text/html',
      'Accept: application/json',
      'X-Forwarded-For: 10.0.0.1',
      'X-Forwarded-For: 10.0.0.2',
    ),
  ).toBe('200')
})
