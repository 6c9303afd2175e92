import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { dumpTables } from '@renmai/platform/testing/database'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { MAX_ATTEMPTS } from '@renmai/platform/work/settle'
import { BulkOperationFinishedSchema } from '@renmai/proto/analytics/v1/events'
import { describe, expect, it } from 'vitest'
import { bulkSeed, FILE, notFound, PAGES } from '../../test/bulk-seed.ts'
import { cancelBulkOperation } from './cancel-bulk-operation.ts'
import { expireBatch } from './expire-files.ts'
import { claim } from './lease.ts'
import { readPage } from './run-operations.ts'

const seed = bulkSeed()

type Finished = { operationId: string; status: string }
const finished = async (id: string) =>
  (await published(seed.test, BulkOperationFinishedSchema)).filter((one: Finished) => one.operationId === id)

describe('a bulk operation', () => {
  it('reads all pages in the name of its viewer, counts while it runs, and publishes its end', async () => {
    const { id } = await seed.run()
    expect(await seed.look(id)).toMatchObject({ status: 'CREATED' })
    seed.start()
    await seed.until('COMPLETED', id)
    expect(await seed.fetchFile(id)).toBe(FILE)
    expect(await seed.look(id)).toMatchObject({ objectCount: 2 * PAGES, fileSize: Buffer.byteLength(FILE), parts: PAGES, errorCode: null })
    expect(new Set(seed.asked)).toEqual(new Set([seed.viewer.id]))
    expect(await finished(id)).toMatchObject([{ tenantId: seed.tenant, status: 'COMPLETED' }])
  })

  it('is not returned to a viewer that is no longer active or has lost a scope with which it was made', async () => {
    const { id } = await seed.run()
    seed.start()
    await seed.until('COMPLETED', id)
    const all = seed.held.scopes
    for (const now of [
      { isActive: false, scopes: [] },
      { isActive: true, scopes: all.filter((scope) => scope !== 'exports:write') },
      { isActive: true, scopes: ['exports:write'] },
    ]) {
      seed.held = now
      await expect(seed.fetchPart(id, seed.ticketFor(id))).rejects.toMatchObject(notFound)
    }
    seed.held = { isActive: true, scopes: all }
    expect(await seed.fetchFile(id)).toBe(FILE)
  })

  it('keeps what it reads encrypted', async () => {
    const { id } = await seed.run()
    seed.start()
    await seed.until('COMPLETED', id)
    const { bulk_parts: parts } = await dumpTables(seed.test)
    expect(parts).toHaveLength(PAGES)
    expect(Buffer.from(parts!.join()).includes('花名册') || parts!.join().includes(Buffer.from('花名册').toString('hex'))).toBe(false)
  })

  it('continues where a worker died, with nothing lost or repeated; a worker that was too slow writes nothing', async () => {
    const { id } = await seed.run()
    let slow = (await claim(seed.worker, seed.tenant))!
    for (let page = 0; page < 2; page++) slow = (await readPage(seed.worker, slow))!
    expect(await seed.look(id)).toMatchObject({ status: 'RUNNING', objectCount: 4, after: '2' })
    expect(await claim(seed.worker, seed.tenant)).toBeUndefined()
    await seed.test.owner.query("UPDATE bulk_operations SET next_at = now() - interval '1 second'")
    const other = (await claim(seed.worker, seed.tenant))!
    expect(await readPage(seed.worker, slow)).toBeUndefined()
    await readPage(seed.worker, other)
    expect(await readPage(seed.worker, slow)).toBeUndefined()
    await seed.test.owner.query("UPDATE bulk_operations SET next_at = now() - interval '1 second'")
    seed.start()
    await seed.until('COMPLETED', id)
    expect(await seed.fetchFile(id)).toBe(FILE)
  })

  it('retries while a part of the answer is unavailable, and fails for a permanent error', async () => {
    seed.beforePage = (after) => {
      if (after === '3') throw new AppError('UNAVAILABLE', 'away')
    }
    const { id } = await seed.run()
    seed.start()
    await eventually(async () => expect(await seed.look(id)).toMatchObject({ status: 'RUNNING', failures: 1, after: '3', attemptId: null }))
    seed.beforePage = () => {
      throw new AppError('FORBIDDEN', 'not active any more')
    }
    await seed.test.owner.query('UPDATE bulk_operations SET next_at = now()')
    await seed.until('FAILED', id)
    expect(await seed.look(id)).toMatchObject({ errorCode: 'FORBIDDEN', errorMessage: 'not active any more', after: '3' })
    await expect(seed.fetchPart(id, seed.ticketFor(id))).rejects.toMatchObject(notFound)
    expect(await finished(id)).toMatchObject([{ status: 'FAILED' }])
  })

  it('ends with the reason when a fault lasts, after a few attempts', async () => {
    let attempts = 0
    seed.beforePage = () => {
      attempts += 1
      throw new AppError('INTERNAL', 'Order.total has a value that its type does not allow')
    }
    const { id } = await seed.run()
    seed.start()
    await eventually(async () => {
      await seed.hurry()
      expect(await seed.look(id)).toMatchObject({ status: 'FAILED' })
    })
    expect(attempts).toBe(MAX_ATTEMPTS + 1)
    expect(await seed.look(id)).toMatchObject({
      errorCode: 'INTERNAL',
      errorMessage: 'Order.total has a value that its type does not allow',
    })
  })

  it('of one viewer runs alone, those of other viewers concurrently; five may be unfinished', async () => {
    const ids = [(await seed.run()).id]
    const more = await Promise.allSettled(Array.from({ length: 8 }, () => seed.run()))
    expect(more.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
    await expect(seed.run()).rejects.toMatchObject({ code: 'CONFLICT' })
    const other = await seed.run(seed.contextOf({ ...seed.viewer, id: newId() }))
    expect((await claim(seed.worker, seed.tenant))!.id).toBe(ids[0])
    expect((await claim(seed.worker, seed.tenant))!.id).toBe(other.id)
    expect(await claim(seed.worker, seed.tenant)).toBeUndefined()
  })

  it('runs for its turn, and then another one does', async () => {
    const other = { ...seed.viewer, id: newId() }
    const [one] = [await seed.run(), await seed.run(seed.contextOf(other))]
    seed.start({ turnMs: 0 })
    await seed.until('COMPLETED', one.id)
    await eventually(() => expect(seed.asked).toHaveLength(2 * PAGES))
    expect(seed.asked.slice(0, 4)).toEqual([seed.viewer.id, other.id, seed.viewer.id, other.id])
    expect(await seed.fetchFile(one.id)).toBe(FILE)
  })

  it('can be canceled by the viewer that began it, also while it runs', async () => {
    const { id } = await seed.run()
    const operationId = id
    const claimed = (await claim(seed.worker, seed.tenant))!
    const next = (await readPage(seed.worker, claimed))!
    for (const stranger of [
      { ...seed.viewer, id: newId() },
      { ...seed.viewer, kind: 'STAFF' as const },
    ])
      await expect(cancelBulkOperation(seed.contextOf(stranger), { idempotencyKey: key(), operationId })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
    await cancelBulkOperation(seed.contextOf(), { idempotencyKey: key(), operationId })
    expect(await seed.look(id)).toMatchObject({ status: 'CANCELED' })
    expect(await readPage(seed.worker, next)).toBeUndefined()
    expect(await seed.look(id)).toMatchObject({ status: 'CANCELED', objectCount: 2 })
    await expect(cancelBulkOperation(seed.contextOf(), { idempotencyKey: key(), operationId })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(seed.fetchPart(id, seed.ticketFor(id))).rejects.toMatchObject(notFound)
    await seed.test.owner.query("UPDATE bulk_operations SET ended_at = now() - interval '1 second'")
    while (await expireBatch(seed.worker, seed.tenant));
    expect((await seed.test.owner.query('SELECT * FROM bulk_parts')).rows).toEqual([])
    expect((await seed.look(id)).status).toBe('CANCELED')
  })

  it('is refused without the scope, and for a query that the gateway refuses', async () => {
    await expect(seed.run(seed.contextOf({ ...seed.viewer, scopes: new Set(['customers:read']) }))).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    seed.check = () => {
      throw new AppError('INVALID', 'query: customer is no list with pages')
    }
    await expect(seed.run()).rejects.toMatchObject({ code: 'INVALID', message: 'query: customer is no list with pages' })
  })

  it('is not visible to another viewer, in the same tenant or another', async () => {
    const { id } = await seed.run()
    for (const stranger of [
      { ...seed.viewer, id: newId() },
      { ...seed.viewer, kind: 'STAFF' as const },
      { ...seed.viewer, tenantId: newId() },
    ])
      expect(await seed.contextOf(stranger).load.bulkOperation.load(id)).toBeUndefined()
  })
})
