import { Readable } from 'node:stream'
import { Pool } from 'undici'
import type { Attack } from './attack.ts'
import { HEADER, imports, post, send, startImport } from './usual.ts'

const CONNECTIONS = 30
/** Number of imports; further uploads repeat these. */
const IMPORTS = 10

/** Begins to send files and stops after their first line, over an unlimited number of connections. */
export const silentUploads: Attack = {
  name: 'silent-uploads',
  measured: imports,
  perSecond: () => 4,
  pace: () => ({ clients: CONNECTIONS }),
  attack: (attacker) => {
    const [graphql, pool] = [post(attacker), new Pool(attacker.endpoints.intake, { connections: CONNECTIONS })]
    const sha256 = (no: number) => String(no).padStart(64, '0')
    let no = 0
    return async (signal) => {
      const started = await startImport(graphql, attacker, sha256(no++ % IMPORTS))
      if (typeof started === 'string' || 'wrong' in started) return started
      const body = new Readable({ read: () => undefined })
      body.push(HEADER)
      const options = { path: started.path, method: 'PUT', headers: { 'content-type': 'text/csv' }, body, signal } as const
      const { status, text } = await send(pool, options).finally(() => body.destroy())
      return /TIMEOUT|CONFLICT|UNAVAILABLE|RATE_LIMITED/.test(text) ? 'REFUSED' : { wrong: `${status} ${text.slice(0, 300)}` }
    }
  },
}
