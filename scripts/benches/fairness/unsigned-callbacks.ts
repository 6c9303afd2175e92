import { newId } from '@renmai/platform/serve/ids'
import { Pool } from 'undici'
import { signEvents } from '../../sign-events.ts'
import type { Attack } from './attack.ts'
import { events, inTurn, OF_ENGAGEMENT, queries, send } from './usual.ts'

const [KB, MB] = [1_024, 1_024 ** 2]
const xml = (bytes: number) => `<xml>${'<a/>'.repeat((bytes - 12) / 4)}</xml>`
const XML = [xml(MB), xml(63 * KB)]
const EVENTS = `{"events":[${Array.from({ length: 20_000 }, () => '{"a":[{}]}').join(',')}]}`
/** The server closed the connection without reading the body that it refuses. */
const CLOSED = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']

/** Sends long unsigned bodies to the callback addresses of platforms. */
export const unsignedCallbacks: Attack = {
  name: 'unsigned-callbacks',
  measured: (tenant) => inTurn(queries(OF_ENGAGEMENT)(tenant), events(tenant)),
  perSecond: (ordinary) => ordinary / 2,
  pace: () => ({ clients: 4 }),
  attack: ({ endpoints, wecomPath, source }) => {
    const pool = new Pool(endpoints.intake, { connections: 4 })
    const callback = (body: string) => {
      const query = new URLSearchParams({ msg_signature: 'x', timestamp: String(Math.floor(Date.now() / 1_000)), nonce: 'n' })
      return { path: `${wecomPath}?${query}`, headers: { 'content-type': 'text/xml' }, body }
    }
    const unsigned = () => {
      const headers = { 'content-type': 'application/json', ...signEvents('whsec_AAAA', newId(), '', new Date()) }
      return { path: source.path, headers, body: EVENTS }
    }
    const requests = [...XML.map((body) => () => callback(body)), unsigned]
    let no = 0
    return async (signal) => {
      const request = requests[no++ % requests.length]!()
      const { status, text } = await send(pool, { method: 'POST', ...request, signal }).catch((error: Error & { code?: string }) => {
        if (CLOSED.includes(error.code ?? '')) return { status: 413, text: '' }
        throw error
      })
      return [401, 413].includes(status) || (status === 503 && text.includes('UNAVAILABLE'))
        ? 'REFUSED'
        : { wrong: `${status} ${text.slice(0, 300)}` }
    }
  },
}
