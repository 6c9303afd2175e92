import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { describe, expect, it } from 'vitest'
import { bulkSeed, FILE, linesOf, notFound } from '../../test/bulk-seed.ts'
import { bulkOperationResolvers } from './bulk-operation.resolvers.ts'
import { expireBatch } from './expire-files.ts'

const seed = bulkSeed()

describe('the link to a file', () => {
  it('works for a quarter of an hour, for one file of one tenant, unchanged only; its use is audited', async () => {
    const { id } = await seed.run()
    const { id: later } = await seed.run()
    await expect(seed.fetchPart(id, seed.ticketFor(id))).rejects.toMatchObject(notFound)
    seed.start()
    await seed.until('COMPLETED', later)
    const url = (bulkOperationResolvers.BulkOperation!.url as unknown as (...args: unknown[]) => string)(
      await seed.look(id),
      {},
      seed.contextOf(),
    )
    const [, ticket = ''] = url.split('ticket=')
    expect(url).toMatch(`https://api.example.com/bulk/${seed.tenant}/${id}.jsonl?ticket=`)
    expect((await seed.fetchPart(id, ticket)).lines).toBe(linesOf(0))
    const minutes = (count: number) => new Date(Date.now() - count * 60_000)
    expect((await seed.fetchPart(id, seed.ticketFor(id, minutes(14)))).bytes).toBe(BigInt(Buffer.byteLength(FILE)))
    const [expires, who, mac] = ticket.split('.')
    for (const bad of [
      '',
      'x',
      seed.ticketFor(id, minutes(16)),
      seed.ticketFor(later),
      `${Number(expires) + 1}.${who}.${mac}`,
      `${expires}.${newId()}.${mac}`,
    ])
      await expect(seed.fetchPart(id, bad)).rejects.toMatchObject(notFound)
    await expect(seed.fetchPart(id, ticket, 0, newId())).rejects.toMatchObject(notFound)
    await expect(seed.fetchPart('nothing', ticket)).rejects.toMatchObject(notFound)
    const audited = (await published(seed.test, ActionRecordedSchema)).filter(
      ({ action, targetId }) => action === 'fetchBulkFile' && targetId === id,
    )
    expect(audited).toMatchObject([
      { actorKind: 'CLIENT', actorId: seed.viewer.id, tenantId: seed.tenant },
      { actorKind: 'CLIENT', actorId: seed.viewer.id },
    ])
  })

  it('ends with the file, after a week', async () => {
    const { id } = await seed.run()
    seed.start()
    await seed.until('COMPLETED', id)
    while (await expireBatch(seed.worker, seed.tenant));
    expect(await seed.fetchFile(id)).toBe(FILE)
    await seed.test.owner.query("UPDATE bulk_operations SET ended_at = now() - interval '7 days 1 minute'")
    while (await expireBatch(seed.worker, seed.tenant));
    expect((await seed.look(id)).status).toBe('EXPIRED')
    await expect(seed.fetchPart(id, seed.ticketFor(id))).rejects.toMatchObject(notFound)
    expect((await seed.test.owner.query('SELECT * FROM bulk_parts')).rows).toEqual([])
  })
})
