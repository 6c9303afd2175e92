import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { expect, it } from 'vitest'
import { query, send } from '../../test/query.ts'
import { engagementSeed } from '../../test/seed.ts'
import { archiveAccount } from '../channels/archive-account.ts'
import { disableAccount } from '../channels/disable-account.ts'
import { enableAccount } from '../channels/enable-account.ts'
import { receiveOrderFile } from './receive-order-file.ts'
import { startOrderImport } from './start-order-import.ts'

const seed = engagementSeed()

const mapping = { orderNo: 'no', sku: 'sku', title: 'title', quantity: 'q', unitPrice: 'p', occurredAt: 'at', customerId: 'c' }
const HEADER = 'no,sku,title,q,p,at,c'
const start = async (accountId: string, content: Buffer, fileName = 'f.csv') => {
  const sha256 = createHash('sha256').update(content).digest('hex')
  const input = { idempotencyKey: key(), accountId, fileName, sha256, mapping, currency: 'GBP', zone: 'Europe/London' }
  return (await startOrderImport(seed.contextOf(), input)).id
}
const fileOf = (...lines: string[]) => Buffer.from([HEADER, ...lines].join('\n'))
const receive = (id: string, file: Buffer) => receiveOrderFile(seed.worker, seed.tenant, id, Readable.from([file]))

const REJECTED = `query I($id: ID!, $filter: RejectedRowFilter, $orderBy: RejectedRowOrder) { orderImport(id: $id) {
  rejectedRows(first: 10, filter: $filter, orderBy: $orderBy) { nodes { row reason } totalCount }
  rejections { reason rows } mapping { sku refundPrefix } currency zone accountId } }`

it('rejected rows of an import are listed by their reason, in the order of the file', async () => {
  seed.startIdentity()
  const file = fileOf(
    '1,a,A,x,1.00,2026-01-01 10:00,',
    '2,a,A,1,1.00,2026-01-01 10:00,',
    ',a,A,1,1.00,2026-01-01 10:00,',
    '3,a,A,y,1.00,x,',
  )
  const accountId = await seed.source()
  const id = await start(accountId, file)
  await receive(id, file)
  const read = async (filter?: object, orderBy?: object) => (await query(seed.contextOf(), REJECTED, { id, filter, orderBy })).orderImport
  const rows = async (...given: Parameters<typeof read>) => {
    const { nodes, totalCount } = (await read(...given)).rejectedRows
    expect(totalCount).toBe(nodes.length)
    return nodes.map(({ row, reason }: { row: number; reason: string }) => `${row} ${reason}`)
  }
  const [one, three, four] = ['1 QUANTITY_NOT_AN_INTEGER', '3 ORDER_NO_MISSING', '4 QUANTITY_NOT_AN_INTEGER']
  expect(await rows()).toEqual([one, three, four])
  expect(await rows({ reason: 'QUANTITY_NOT_AN_INTEGER' })).toEqual([one, four])
  expect(await rows({ reasons: ['ORDER_NO_MISSING', 'TOO_OLD'] })).toEqual([three])
  expect(await rows({}, { field: 'ROW', direction: 'DESC' })).toEqual([four, three, one])
  const rejections = [
    { reason: 'ORDER_NO_MISSING', rows: 1 },
    { reason: 'QUANTITY_NOT_AN_INTEGER', rows: 2 },
  ]
  const settings = { mapping: { sku: 'sku', refundPrefix: null }, currency: 'GBP', zone: 'Europe/London', accountId }
  expect(await read()).toMatchObject({ rejections, ...settings })
})

it('imports are listed by account, state and time, newest first', async () => {
  seed.startIdentity()
  const [account, other] = [await seed.source(), await seed.source()]
  const file = fileOf('1,a,A,1,1.00,2026-01-01 10:00,')
  const [done, waiting, elsewhere] = [await start(account, file), await start(account, fileOf('x')), await start(other, file)]
  await receive(done, file)
  const ids = async (args: string) =>
    (await query(seed.contextOf(), `{ orderImports${args} { nodes { id } } }`)).orderImports.nodes.map((one: { id: string }) => one.id)
  expect(await ids('')).toEqual([elsewhere, waiting, done])
  expect(await ids('(orderBy: { field: CREATED_AT })')).toEqual([done, waiting, elsewhere])
  expect(await ids(`(filter: { accountId: "${account}" })`)).toEqual([waiting, done])
  expect(await ids('(filter: { state: COMPLETED })')).toEqual([done])
  expect(await ids(`(filter: { states: [RECEIVING], accountId: "${other}" })`)).toEqual([elsewhere])
  expect(await ids('(filter: { createdBefore: "2020-01-01T00:00:00Z" })')).toEqual([])
  const { errors } = await send(seed.contextOf(), '{ orderImports(filter: { accountId: "x" }) { totalCount } }')
  expect(errors?.[0]?.message).toContain('filter.accountId')
})

it('an import needs an account that is in use, and keeps it from being archived until it is complete', async () => {
  seed.startIdentity()
  const file = fileOf('1,a,A,1,1.00,2026-01-01 10:00,')
  const accountId = await seed.source()
  const id = await start(accountId, file, 'orders.csv')
  const change = () => ({ idempotencyKey: key(), accountId })
  const inUse = { code: 'CONFLICT', fields: { accountId: expect.stringContaining('is in use by the imports orders.csv') } }
  await expect(archiveAccount(seed.contextOf(), change())).rejects.toMatchObject(inUse)
  await disableAccount(seed.contextOf(), change())
  await expect(receive(id, file)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await expect(start(accountId, fileOf('y'))).rejects.toMatchObject({ code: 'CONFLICT', fields: { accountId: expect.any(String) } })
  await enableAccount(seed.contextOf(), change())
  await receive(id, file)
  await archiveAccount(seed.contextOf(), change())
  await expect(start(accountId, fileOf(newId()))).rejects.toMatchObject({ code: 'CONFLICT', fields: { accountId: expect.any(String) } })
})
