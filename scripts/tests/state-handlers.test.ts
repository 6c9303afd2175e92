import { globSync, readFileSync } from 'node:fs'
import type { Handler } from '@renmai/platform/events/inbox'
import { handlersOf, type Service } from '@renmai/platform/serve/service'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { ROOT } from '../stack/paths.ts'
import { SERVICES } from '../stack/services.ts'

/**
 * Handlers that react to what happens, or write it down: what happened long ago would be news to them, or is counted again. All others
 * keep a state, which a new consumer requests. A new handler is one or the other, on purpose.
 */
const OF_MOMENTS = [
  // They act: a message is planned, a delivery queued, a coupon redeemed, a journey entered, an action sealed.
  /^engagement_plan-messages$/,
  /^engagement_doubt-waiting-messages$/,
  /^engagement_queue-deliveries-/,
  /^campaign_redeem-coupons$/,
  /^campaign_enter-journeys$/,
  /^compliance_seal-actions$/,
  // They add one to a count, or a row for each event. The publisher does not keep these events as state.
  /^campaign_count-behaviour$/,
  /^engagement_keep-(added-tags|removed-tags|issued-coupons|redeemed-coupons|entered-journeys)$/,
  /^engagement_keep-(granted-consents|withdrawn-consents|send-decisions|merges|splits)$/,
  /^analytics_keep-(touchpoints|sent-messages|blocked-messages|redeemed-coupons)$/,
]

type Loaded = Service<z.ZodObject, object>
const services = new Map<string, Loaded>(
  await Promise.all(
    SERVICES.map(async (name) => {
      const module = (await import(`${ROOT}services/${name}/src/service.ts`)) as Record<string, Loaded>
      return [name, module[name]!] as const
    }),
  ),
)
const handlers = [...services].flatMap(([name, service]) =>
  handlersOf(service).map((handler) => ({ handler, consumer: `${name}_${handler.name}` })),
)

/** The handlers of state whose type a publisher cannot send again. */
const unserved = (some: readonly { handler: Handler; consumer: string }[]) =>
  some.flatMap(({ handler: { isState, publishers, type }, consumer }) =>
    isState
      ? publishers.flatMap((publisher) =>
          services.get(publisher)!.snapshots?.some((snapshot) => snapshot.type === type)
            ? []
            : `${consumer}: ${publisher} has no snapshot of ${type}`,
        )
      : [],
  )

describe('a handler', () => {
  it('keeps a state, or is known to be of moments', () => {
    const undecided = handlers.filter(({ handler, consumer }) => !handler.isState && !OF_MOMENTS.some((one) => one.test(consumer)))
    expect(undecided.map(({ consumer }) => `${consumer}: wrap it in ofState, or list it here`)).toEqual([])
    const both = handlers.filter(({ handler, consumer }) => handler.isState && OF_MOMENTS.some((one) => one.test(consumer)))
    expect(both.map(({ consumer }) => consumer)).toEqual([])
    expect(OF_MOMENTS.filter((one) => !handlers.some(({ consumer }) => one.test(consumer)))).toEqual([])
  })

  it('of state has a snapshot at each of its publishers', () => {
    expect(unserved(handlers)).toEqual([])
    const moment = handlers.find(({ consumer }) => consumer === 'engagement_plan-messages')!
    expect(unserved([{ ...moment, handler: { ...moment.handler, isState: true } }])).toHaveLength(1)
  })

  it('that keeps the newest version of a row is of state, in whatever file it stands', () => {
    const files = globSync('services/*/src/**/*.ts', { cwd: ROOT }).filter((path) => !path.endsWith('.test.ts'))
    const keeping = files.filter((path) => {
      const text = readFileSync(`${ROOT}${path}`, 'utf8')
      return /\bon\(\w+Schema/.test(text) && /newest: '(version|runNumber)'/.test(text)
    })
    expect(keeping.filter((path) => !/ofState\(\s*on\(/.test(readFileSync(`${ROOT}${path}`, 'utf8')))).toEqual([])
    expect(keeping).toContain('services/campaign/src/facts/keep-orders.ts')
  })
})

describe('a snapshot', () => {
  it('has a name of its own in its service', () => {
    for (const [name, { snapshots = [] }] of services)
      expect([name, new Set(snapshots.map((one) => one.name)).size]).toEqual([name, snapshots.length])
  })
})
