import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { event } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { SegmentEnteredSchema } from '@renmai/proto/campaign/v1/events'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it, vi } from 'vitest'
import { type Got, source, webhookSeed } from '../../test/webhook-seed.ts'
import { claimDeliveries } from './claim-deliveries.ts'
import { judge } from './delivery.rules.ts'
import { recordDelivery } from './record-delivery.ts'

const seed = webhookSeed()

const HOUR_MS = 3_600_000

describe('a delivery', () => {
  it('is signed, contains the type and the time, and is in the log', async () => {
    const { secret } = await seed.create({ url: `${seed.url}/in?x=1` })
    const happened = seed.received()
    await seed.happen(happened, seed.received(newId()))
    seed.start()
    await seed.settled('DELIVERED')
    const [{ headers, body, path }] = seed.got as [Got]
    expect(new Webhook(secret!).verify(body, headers)).toEqual({
      type: 'messageReceived',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { messageReceived: { id: expect.any(String) } },
    })
    const [row] = await seed.rows()
    expect([headers['webhook-id'], headers['content-type'], path]).toEqual([row!.id, 'application/json', '/in?x=1'])
    expect(row!.log).toEqual([{ at: expect.any(String), status: 204, problem: null, durationMs: expect.any(Number) }])
    expect(seed.got).toHaveLength(1)
  })

  it('is made for events that match the endpoint; of several waiting about the same subject there is one', async () => {
    const [mine, other] = [newId(), newId()]
    const about = { field: 'segmentChanged', types: [SegmentEnteredSchema.typeName], fields: ['segmentId'] }
    seed.check = () => ({ ...source, ...about, value: mine })
    const filtered = await seed.create()
    seed.check = () => ({ ...source, ...about, everyMs: 60_000 })
    const seldom = await seed.create()
    const enter = (segmentId: string) => event(SegmentEnteredSchema, seed.tenant, { segmentId, customerId: newId() })
    await seed.happen(enter(mine), enter(other), enter(mine), seed.received())
    expect(await seed.rows(filtered.id)).toHaveLength(2)
    const waiting = await seed.rows(seldom.id)
    expect(waiting).toHaveLength(2)
    expect(waiting[0]!.wait).toBeGreaterThan(50)
    await seed.makeDue()
    await claimDeliveries(seed.test.db, seed.tenant, [filtered.id, filtered.id], 10)
    await seed.happen(enter(mine))
    expect(await seed.rows(seldom.id)).toHaveLength(3)
  })

  it('is due by the clock of the database, whatever the clock of this process shows', async () => {
    await seed.create()
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 2 * HOUR_MS)
    await seed.happen(seed.received())
    clock.mockRestore()
    expect((await seed.rows())[0]!.wait).toBeLessThan(60)
  })

  it('that fails is retried with the same id, after growing waits, and the endpoint shows since when', async () => {
    const made = await seed.create()
    seed.respond = (_request, response) => response.writeHead(500).end('no')
    await seed.happen(seed.received())
    seed.start()
    await eventually(async () =>
      expect((await seed.rows())[0]).toMatchObject({ attempts: 1, state: 'PENDING', log: [{ status: 500, problem: 'REFUSED' }] }),
    )
    const [row] = await seed.rows()
    expect(row!.wait).toBeGreaterThan(3)
    expect((await seed.endpoint(made.id)).failing_since).not.toBeNull()
    seed.respond = (_request, response) => response.writeHead(200).end('ok')
    await seed.makeDue()
    await seed.settled('DELIVERED')
    expect(seed.got.map(({ headers }) => headers['webhook-id'])).toEqual([row!.id, row!.id])
    expect((await seed.endpoint(made.id)).failing_since).toBeNull()
  })

  it('follows the schedule of the specification to its end', () => {
    const verdicts = Array.from({ length: 10 }, (_, no) => judge({ status: 500, problem: 'REFUSED' }, no + 1, false, 0))
    expect(verdicts.map((one) => ('afterSeconds' in one ? one.afterSeconds : one))).toEqual([
      5,
      300,
      1_800,
      7_200,
      18_000,
      36_000,
      50_400,
      72_000,
      86_400,
      { state: 'FAILED', isGone: false },
    ])
    expect(judge({ status: 429, problem: 'REFUSED', retryAfterSeconds: 900 }, 1, false, 0)).toMatchObject({ afterSeconds: 900 })
    expect(judge({ status: 503, problem: 'REFUSED', retryAfterSeconds: 1e9 }, 1, false, 1)).toMatchObject({ afterSeconds: 86_400 })
    expect(judge({ status: 301, problem: 'REFUSED' }, 1, false, 1)).toMatchObject({ afterSeconds: 5.5 })
  })

  it('does not follow a redirection', async () => {
    await seed.create()
    seed.respond = ({ url: path }, response) => response.writeHead(path === '/' ? 302 : 200, { location: `${seed.url}/elsewhere` }).end()
    await seed.happen(seed.received())
    seed.start()
    await eventually(async () => expect((await seed.rows())[0]).toMatchObject({ attempts: 1, state: 'PENDING', log: [{ status: 302 }] }))
    expect(seed.got.map(({ path }) => path)).toEqual(['/'])
  })

  it('that has nothing for its client is not sent', async () => {
    await seed.create()
    seed.tell = () => ''
    await seed.happen(seed.received())
    seed.start()
    await seed.settled('SKIPPED')
    expect(seed.got).toHaveLength(0)
  })

  it('waits, without counting attempts, while the gateway or a part of the answer is unavailable', async () => {
    await seed.create()
    seed.tell = () => {
      throw new AppError('UNAVAILABLE', 'away')
    }
    await seed.happen(seed.received())
    seed.start()
    await eventually(async () => expect((await seed.rows())[0]).toMatchObject({ attempts: 0, wait: expect.closeTo(10, -1) }))
    expect((await seed.rows())[0]).toMatchObject({ attempts: 0, state: 'PENDING', log: [] })
    seed.tell = () => '{"data":{}}'
    await seed.makeDue()
    await seed.settled('DELIVERED')
  })

  it('whose document cannot be answered any more counts as failed', async () => {
    await seed.create()
    seed.tell = () => {
      throw new AppError('INVALID', 'Cannot query field')
    }
    await seed.happen(seed.received())
    seed.start()
    await eventually(async () =>
      expect((await seed.rows())[0]).toMatchObject({ attempts: 1, log: [{ status: null, problem: 'DOCUMENT_INVALID' }] }),
    )
  })

  it('whose answer has a value that its type does not allow counts as failed, with the reason', async () => {
    await seed.create()
    seed.tell = () => {
      throw new AppError('INTERNAL', 'Order.total has a value that its type does not allow')
    }
    await seed.happen(seed.received())
    seed.start()
    await eventually(async () =>
      expect((await seed.rows())[0]).toMatchObject({ attempts: 1, log: [{ status: null, problem: 'INTERNAL' }] }),
    )
    expect(seed.got).toHaveLength(0)
  })

  it('that fails by a fault of Renmai counts as failed too, and is not retried permanently', async () => {
    await seed.create()
    await seed.test.owner.query("UPDATE webhook_endpoints SET secrets = '\\x00'")
    await seed.happen(seed.received())
    seed.start()
    await eventually(async () =>
      expect((await seed.rows())[0]).toMatchObject({ attempts: 1, log: [{ status: null, problem: 'INTERNAL' }] }),
    )
    expect(seed.got).toHaveLength(0)
  })

  it('of a worker that dies is claimed again; a worker that was too slow decides nothing', async () => {
    await seed.create()
    await seed.happen(seed.received())
    const [slow] = await claimDeliveries(seed.test.db, seed.tenant, [], 10)
    expect(await claimDeliveries(seed.test.db, seed.tenant, [], 10)).toEqual([])
    expect((await seed.rows())[0]!.wait).toBeGreaterThan(30)
    await seed.makeDue()
    const [again] = await claimDeliveries(seed.test.db, seed.tenant, [], 10)
    expect(again!.id).toBe(slow!.id)
    await recordDelivery(seed.worker, slow!, { sent: { status: 200, problem: null }, durationMs: 1 })
    expect((await seed.rows())[0]).toMatchObject({ state: 'PENDING', log: [] })
    await recordDelivery(seed.worker, again!, { sent: { status: 200, problem: null }, durationMs: 1 })
    expect((await seed.rows())[0]).toMatchObject({ state: 'DELIVERED' })
  })

  it('to an endpoint that hangs delays neither other endpoints nor other tenants', async () => {
    const hanging = await seed.create({ url: `${seed.url}/hang` })
    seed.respond = ({ url: path }, response) => void (path === '/hang' || response.writeHead(204).end())
    await seed.happen(...Array.from({ length: 40 }, () => seed.received()))
    seed.start()
    await eventually(() => expect(seed.got.filter(({ path }) => path === '/hang')).toHaveLength(8))
    await seed.create({ url: `${seed.url}/good` })
    await seed.happen(...Array.from({ length: 5 }, () => seed.received()))
    await eventually(() => expect(seed.got.filter(({ path }) => path === '/good')).toHaveLength(5))
    expect(seed.got.filter(({ path }) => path === '/hang')).toHaveLength(8)
    await seed.test.owner.query('UPDATE webhook_endpoints SET failing_since = now() WHERE id = $1', [hanging.id])
    await seed.test.owner.query('UPDATE webhook_deliveries SET next_at = now() WHERE endpoint_id = $1', [hanging.id])
    expect(await claimDeliveries(seed.test.db, seed.tenant, [], 24)).toHaveLength(1)
    seed.hangUp()
  })
})
