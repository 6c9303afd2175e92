import { crc32 } from 'node:zlib'
import { createApiKey } from '@renmai/platform/secrets/api-key'
import { Pool } from 'undici'
import { outcomeOf } from '../ask-at-rate.ts'
import type { Attack } from './attack.ts'
import { COUNTS, post, send } from './usual.ts'

const CONNECTIONS = 100

/** Sends keys with the victim's tenant and key id, which are public, and guessed secrets. */
export const wrongKeys: Attack = {
  name: 'wrong-keys',
  measured: (tenant) => {
    const graphql = post(tenant)
    // Each over its own connection, as a new client.
    return async (signal) => outcomeOf(await graphql({ query: COUNTS }, { signal, reset: true }))
  },
  perSecond: (ordinary) => ordinary,
  pace: () => ({ clients: CONNECTIONS }),
  attack: ({ endpoints }, victim) => {
    const { origin, pathname: path } = new URL(endpoints.graphql)
    const pool = new Pool(origin, { connections: CONNECTIONS })
    const body = JSON.stringify({ query: COUNTS })
    return async (signal) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${wrongKey(victim)}` }
      const { status, text } = await send(pool, { path, method: 'POST', headers, body, signal, reset: true })
      return /UNAUTHENTICATED|UNAVAILABLE/.test(text) ? 'REFUSED' : { wrong: `${status} ${text.slice(0, 300)}` }
    }
  },
}

function wrongKey({ tenantId, key }: { tenantId: string; key: string }): string {
  const id = /^rm_[a-z]+_[0-9a-f]{32}_([0-9A-Za-z]{12})_/.exec(key)![1]!
  const guess = createApiKey(tenantId)
    .text.replace(/_[0-9A-Za-z]{12}_/, `_${id}_`)
    .slice(0, -8)
  return `${guess}${crc32(guess.slice(0, -1)).toString(16).padStart(8, '0')}`
}
