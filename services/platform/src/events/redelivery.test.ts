import { AckPolicy } from '@nats-io/jetstream'
import { TenantCreatedSchema } from '@renmai/proto/identity/v1/events'
import { expect, it } from 'vitest'
import { busSeed, SERVICE } from '../../test/bus-seed.ts'
import { AppError } from '../serve/errors.ts'
import { eventually } from '../testing/eventually.ts'
import { on } from './inbox.ts'
import { relayOnce } from './relay.ts'

const seed = busSeed()
const info = (consumer: string) => seed.bus.manager.consumers.info(SERVICE, consumer)
const letters = async () => (await seed.test.owner.query('SELECT deliveries FROM dead_letters')).rows

/** What the server received, and when: each refusal of a message with its delay in nanoseconds. */
async function refusals() {
  const seen: { delay: number; at: number }[] = []
  const subscription = seed.bus.nats.subscribe('$JS.ACK.>', {
    callback: (_, message) => {
      const [, delay] = /^-NAK \{"delay":([^}]+)\}$/.exec(message.string()) ?? []
      if (delay) seen.push({ delay: Number(delay), at: performance.now() })
    },
  })
  await seed.bus.nats.flush()
  return { seen, stop: () => subscription.unsubscribe() }
}

it('a failed event waits longer each time: the delays are whole nanoseconds, and the server keeps them', async () => {
  await seed.append('a')
  await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
  const { seen, stop } = await refusals()
  const attempts: number[] = []
  const failing = seed.listener('always-fails', () => {
    attempts.push(performance.now())
    throw new Error('never')
  })
  await seed.consuming([failing], async () => {
    await eventually(() => expect(attempts.length).toBeGreaterThanOrEqual(4))
    expect((await info('test_always-fails')).config.ack_policy).toBe(AckPolicy.Explicit)
    expect((await info('test_always-fails')).num_redelivered).toBe(1)
  })
  stop()
  for (const [no, { delay }] of seen.slice(0, 3).entries()) {
    expect(Number.isInteger(delay)).toBe(true)
    expect(delay).toBeGreaterThanOrEqual(0.75e9 * 2 ** no)
    expect(delay).toBeLessThanOrEqual(1.25e9 * 2 ** no)
    // A server that refuses the delay delivers again immediately.
    expect(attempts[no + 1]! - attempts[no]!).toBeGreaterThanOrEqual(delay / 1e6 - 50)
  }
  expect(await letters()).toEqual([])
})

it('while the database is away nothing is given up, however often it is delivered; when it is back, all is handled', async () => {
  await seed.append('a')
  await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
  let isAway = true
  let attempts = 0
  const waiting = on(TenantCreatedSchema, 'waits', async (tx, events) => {
    attempts += 1
    if (isAway) throw new AppError('UNAVAILABLE', 'The database cannot be reached; try again')
    for (const _event of events)
      await tx.client.query('INSERT INTO counters (tenant_id, id, value) VALUES ($1, uuidv7(), 1)', [tx.tenantId])
  })
  await seed.consuming([waiting], async () => {
    await eventually(() => expect(attempts).toBeGreaterThanOrEqual(3))
    expect(await letters()).toEqual([])
    isAway = false
    await eventually(async () => expect(await seed.effects()).toBe(1))
  })
  expect(await letters()).toEqual([])
})
