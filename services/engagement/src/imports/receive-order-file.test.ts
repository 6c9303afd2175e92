import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { newId } from '@renmai/platform/serve/ids'
import { dumpTables } from '@renmai/platform/testing/database'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { describe, expect, it } from 'vitest'
import { engagementSeed } from '../../test/seed.ts'
import { receiveOrderFile } from './receive-order-file.ts'
import { startOrderImport } from './start-order-import.ts'

const seed = engagementSeed()

describe('order files', () => {
  const header = 'no,sku,title,q,p,at,c'
  const mapping = {
    orderNo: 'no',
    sku: 'sku',
    title: 'title',
    quantity: 'q',
    unitPrice: 'p',
    occurredAt: 'at',
    customerId: 'c',
    refundPrefix: 'C',
  }
  const lines = [
    '1,a,A,2,1.50,2026-01-01 10:00,7',
    '1,b,"B, ""quoted""",1,2.00,2026-01-01 10:00,7',
    '2,a,A,-1,1.50,2026-01-01 11:00,7',
    'C3,a,A,-1,1.50,2026-01-02 10:00,7',
    '4,a,A,1,9.99,2026-01-03 10:00,',
  ]
  const file = Buffer.from([header, ...lines].join('\n'))
  const start = async (account: string, content = file) =>
    (
      await startOrderImport(seed.contextOf(), {
        idempotencyKey: key(),
        accountId: account,
        fileName: 'f.csv',
        sha256: createHash('sha256').update(content).digest('hex'),
        mapping,
        currency: 'GBP',
        zone: 'Europe/London',
      })
    ).id

  it('become orders, refunds and rejected rows that add up; the same file again changes nothing', async () => {
    seed.startIdentity()
    const account = await seed.source()
    const id = await start(account)
    expect(await receiveOrderFile(seed.worker, seed.tenant, id, Readable.from([file]))).toMatchObject({
      state: 'COMPLETED',
      rowsDone: 5,
      orders: 2,
      refunds: 1,
    })
    const { rows } = await seed.test.owner.query('SELECT row, reason FROM import_errors WHERE import_id = $1', [id])
    expect(rows).toEqual([{ row: 3, reason: 'QUANTITY_NOT_POSITIVE' }])
    const before = await dumpTables(seed.test)
    expect(await start(account)).toBe(id)
    await receiveOrderFile(seed.worker, seed.tenant, id, Readable.from([file]))
    expect(await dumpTables(seed.test)).toEqual(before)
  })

  it('continue after the last batch of a broken transfer', async () => {
    seed.startIdentity()
    const account = await seed.source()
    const many = Buffer.from([header, ...Array.from({ length: 700 }, (_, no) => `${no},a,A,1,1.00,2026-01-01 10:00,${no % 50}`)].join('\n'))
    const id = await start(account, many)
    const rowsDone = async () => (await seed.test.owner.query('SELECT rows_done FROM order_imports WHERE id = $1', [id])).rows[0].rows_done
    const broken = Readable.from(
      (async function* () {
        yield many.subarray(0, -2_000)
        await eventually(async () => expect(await rowsDone()).toBeGreaterThan(0))
        throw new Error('connection lost')
      })(),
    )
    await expect(receiveOrderFile(seed.worker, seed.tenant, id, broken)).rejects.toThrow()
    expect(await rowsDone()).toBeGreaterThan(0)
    expect(await receiveOrderFile(seed.worker, seed.tenant, id, Readable.from([many]))).toMatchObject({
      state: 'COMPLETED',
      orders: 700,
      rowsDone: 700,
    })
    const facts = (await published(seed.test, OrdersChangedSchema))
      .filter((one) => one.tenantId === seed.tenant)
      .flatMap((one) => one.orders)
    expect(new Set(facts.map((fact) => fact.orderId)).size).toBe(700)
    expect(facts).toHaveLength(700)
  })

  it('that are not the announced files, or no CSV of the mapping, are refused', async () => {
    seed.startIdentity()
    const account = await seed.source()
    const id = await start(account)
    await expect(receiveOrderFile(seed.worker, seed.tenant, id, Readable.from([Buffer.from(`${header}\n`)]))).rejects.toMatchObject({
      code: 'INVALID',
    })
    await expect(receiveOrderFile(seed.worker, seed.tenant, id, Readable.from([Buffer.from('a,b\n1,2')]))).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining('no column'),
    })
    await expect(receiveOrderFile(seed.worker, seed.tenant, id, Readable.from([Buffer.from('a;b\n1;2')]))).rejects.toMatchObject({
      message: expect.stringContaining('separated by ;'),
    })
    await expect(receiveOrderFile(seed.worker, newId(), id, Readable.from([file]))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const gone = Readable.from([file])
    gone.destroy()
    await expect(receiveOrderFile(seed.worker, seed.tenant, id, gone, 3_600_000)).rejects.toThrow('The connection ended')
  })
})
