import { newId } from '@renmai/platform/serve/ids'
import { Pool } from 'undici'
import { signEvents } from '../../sign-events.ts'
import { outcomeOf } from '../ask-at-rate.ts'
import type { Attack } from './attack.ts'
import { pageView, queries, send } from './usual.ts'

const EVENTS = 300
const [FIRST_YEAR, YEARS] = [1_000, 1_030]

const year = new Date().getUTCFullYear()
const REPORTS = `{ attribution(model: LINEAR, from: "${year}-01-01T00:00:00Z", to: "${year}-12-31T00:00:00Z") { conversions channels { channel conversions } }
  kpis(from: "${year}-01-01", to: "${year}-12-31") { days { day touchpoints orders } } }`

/** Sends events of as many different months as possible. */
export const oldDates: Attack = {
  name: 'old-dates',
  measured: queries(REPORTS),
  perSecond: () => 15,
  pace: () => ({ clients: 1 }),
  attack: ({ endpoints, source }) => {
    const pool = new Pool(endpoints.intake, { connections: 2 })
    let month = 0
    const next = () => {
      const no = month++ % (12 * YEARS)
      return pageView(new Date(Date.UTC(FIRST_YEAR + Math.floor(no / 12), no % 12, 2)))
    }
    return async (signal) => {
      const body = JSON.stringify({ events: Array.from({ length: EVENTS }, next) })
      const headers = { 'content-type': 'application/json', ...signEvents(source.secret, newId(), body, new Date()) }
      return outcomeOf(await send(pool, { path: source.path, method: 'POST', headers, body, signal }))
    }
  },
}
