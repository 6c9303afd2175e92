import { Readable } from 'node:stream'
import { timestampDate } from '@bufbuild/protobuf/wkt'
import { answer, answerAll } from '@renmai/platform/events/ask'
import { eventually } from '@renmai/platform/testing/eventually'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fileOf, importSeed, MAPPING, row } from '../../test/import-seed.ts'
import { profileOf } from '../../test/neighbours.ts'
import { query } from '../../test/query.ts'
import { engagementSeed } from '../../test/seed.ts'
import { hiddenId } from '../touchpoints/touchpoint.ts'
import { forgetStaged } from './forget-staged.ts'
import { receiveOrderFile } from './receive-order-file.ts'

const seed = engagementSeed()
const files = importSeed(seed)
const { start, take, errorsOf, stored } = files
type Claim = { externalId: string; identifiers: string[]; displayName: string; observedAt: string }
let claims: Claim[]
let refuses: (claim: Claim) => boolean
let stopIdentity: () => Promise<void>
beforeEach(async () => {
  claims = []
  refuses = () => false
  const resolve = answer(IdentityService.method.resolveProfiles, async (request) => ({
    profiles: request.claims.map(({ claimId, source, externalId, identifiers, displayName, observedAt }) => {
      const claim = {
        externalId,
        identifiers: identifiers.map(({ value }) => value),
        displayName,
        observedAt: timestampDate(observedAt!).toISOString(),
      }
      claims.push(claim)
      const no = { claimId, errorCode: 'INVALID', errorMessage: 'phone is not a valid number' }
      return refuses(claim) ? no : { claimId, profileId: profileOf(source, externalId), customerId: profileOf('c', externalId) }
    }),
  }))
  stopIdentity = answerAll(seed.bus, 'identity', [resolve])
  files.account = await seed.source()
})
afterEach(() => stopIdentity())

const profiles = async () =>
  new Map(
    (await seed.test.owner.query('SELECT order_no, profile_id FROM orders WHERE tenant_id = $1', [seed.tenant])).rows.map((one) => [
      one.order_no as string,
      one.profile_id as string | null,
    ]),
  )
const personOf = (name: string) => profileOf(`shop:${files.account}`, hiddenId(seed.worker.keyRing, seed.tenant, name))

it('rows of one order belong together wherever they stand', async () => {
  const others = Array.from({ length: 1_200 }, (_, no) => row(`X${no}`))
  const done = await take(row('1', { sku: 'a' }), ...others, row('1', { sku: 'b', p: '2.00' }))
  expect(done).toMatchObject({ state: 'COMPLETED', rowsDone: 1_202, orders: 1_201, ordersNew: 1_201 })
  expect((await stored())[0]).toBe('1 300 ab v1')
  const { rows } = await seed.test.owner.query('SELECT 1 FROM import_rows WHERE tenant_id = $1', [seed.tenant])
  expect(rows).toEqual([])
})

it('an order with a rejected row waits, and a corrected file wins', async () => {
  const first = await take(row('1'), row('2'), row('1', { sku: 'b', q: 'x' }), row('1.23E+15'))
  expect(first).toMatchObject({ orders: 1, ordersNew: 1, ordersWaiting: 1 })
  expect(await errorsOf(first.id)).toEqual(['1 ORDER_INCOMPLETE 1', '3 QUANTITY_NOT_AN_INTEGER 1', '4 ORDER_NO_DAMAGED null'])
  expect(await stored()).toEqual(['2 100 a v1'])
  const corrected = await take(row('1'), row('1', { sku: 'b', q: '2' }), row('2', { p: '1.50' }))
  expect(corrected).toMatchObject({ orders: 2, ordersNew: 1, ordersChanged: 1, ordersWaiting: 0 })
  expect(await stored()).toEqual(['1 300 ab v1', '2 150 a v2'])
})

it('order numbers of which a spreadsheet kept 15 digits are rejected before anything is stored, and one that ends in zeros by chance is not', async () => {
  const cut = ['123456789012345000', '123456789012346000', '1234567890123460000'].map((no) => row(no))
  const done = await take(...cut, row('short'), row('123456789012345'))
  expect(done).toMatchObject({ orders: 2, ordersNew: 2, ordersWaiting: 0 })
  expect(await errorsOf(done.id)).toEqual([1, 2, 3].map((no) => `${no} ORDER_NO_DAMAGED null`))
  const again = await take(row('223456789012345000'), row('223456789012345678'))
  expect([again.orders, await errorsOf(again.id)]).toEqual([2, []])
  const tens = ['3234567890123450', '3234567890123460', '3234567890123470', '3234567890123480'].map((no) => row(no))
  expect((await take(...tens)).orders, 'a shop counts in tens').toBe(4)
})

it('counts state what a file changed', async () => {
  const rows = [row('1'), row('2'), row('C3', { q: '-1' })]
  expect(await take(...rows)).toMatchObject({ orders: 2, refunds: 1, ordersNew: 3, ordersChanged: 0, ordersUnchanged: 0 })
  expect(await take(...rows, row('4'))).toMatchObject({ orders: 3, refunds: 1, ordersNew: 1, ordersChanged: 0, ordersUnchanged: 3 })
  expect(await take(...rows, row('1', { sku: 'b' }))).toMatchObject({ ordersNew: 0, ordersChanged: 1, ordersUnchanged: 2 })
  expect(await take(row('1', { at: '2025-01-01 10:00' }))).toMatchObject({ orders: 1, ordersUnchanged: 1 })
  expect(await stored()).toEqual(['1 200 ab v2', '2 100 a v1', '4 100 a v1', 'C3 0 a v1'])
})

it('the same file is the same job only when it is read in the same way', async () => {
  const file = fileOf(row('1'))
  const id = await start(file)
  expect(await start(file, { fileName: 'other.csv' })).toBe(id)
  const others = [await start(file, { currency: 'CNY' }), await start(file, { zone: 'Asia/Shanghai' })]
  others.push(
    await start(file, { mapping: { ...MAPPING, title: 'sku' } }),
    await start(file, { mapping: { ...MAPPING, refundPrefix: 'R' } }),
  )
  expect(new Set([id, ...others]).size).toBe(5)
  // As an earlier release stored it.
  await seed.test.owner.query('UPDATE order_imports SET parameters = NULL WHERE id = $1', [id])
  expect(await start(file)).toBe(id)
})

it('a guest with a phone or an e-mail address is a person; ids that mean nobody are none', async () => {
  const done = await take(
    row('1', { c: '', ph: '13912345678' }),
    row('2', { c: '游客', ph: '+86 139-1234-5678' }),
    row('3', { c: '-', em: 'Wang@Mail.Example' }),
    row('4', { c: '0', ph: '13800138000' }),
    row('5', { c: '8', ph: '12' }),
    row("'6", { c: '９' }),
    row('7', { c: '9.0' }),
  )
  expect(done).toMatchObject({ orders: 7 })
  const found = await profiles()
  const phone = personOf('phone:13912345678')
  expect(['1', '2', '3', '4', '5', '6', '7'].map((no) => found.get(no))).toEqual([
    phone,
    phone,
    personOf('email:wang@mail.example'),
    null,
    personOf('8'),
    personOf('9'),
    personOf('9'),
  ])
  const { orderImport } = await query(seed.contextOf(), `{ orderImport(id: "${done.id}") { notes { kind rows firstRow } ordersNew } }`)
  expect(orderImport.notes.toSorted((a: { kind: string }, b: { kind: string }) => (a.kind < b.kind ? -1 : 1))).toEqual([
    { kind: 'CUSTOMER_ID_LEFT_OUT', rows: 3, firstRow: 2 },
    { kind: 'ORDER_NO_CLEANED', rows: 1, firstRow: 6 },
    { kind: 'PHONE_LEFT_OUT', rows: 2, firstRow: 4 },
  ])
})

it('a phone that identity refuses does not lose the buyer', async () => {
  refuses = ({ identifiers }) => identifiers.includes('10086')
  const { id } = await take(row('1', { ph: '10086' }), row('2', { c: '8', ph: '13912345678' }))
  const found = await profiles()
  expect([found.get('1'), found.get('2')]).toEqual([personOf('7'), personOf('8')])
  const { orderImport } = await query(seed.contextOf(), `{ orderImport(id: "${id}") { notes { kind rows firstRow } } }`)
  expect(orderImport.notes).toEqual([{ kind: 'IDENTIFIER_REFUSED', rows: 1, firstRow: 1 }])
})

it('what is known of a person has the time of its own row, whatever the order of the file', async () => {
  await take(
    row('2', { at: '2026-02-01 10:00', name: 'new', ph: '13912345678' }),
    row('1', { at: '2020-01-01 10:00', name: 'old', ph: '13900001111' }),
  )
  expect(claims.map(({ displayName, observedAt, identifiers }) => [displayName, observedAt, identifiers])).toEqual([
    ['old', '2020-01-01T10:00:00.000Z', ['13900001111']],
    ['new', '2026-02-01T10:00:00.000Z', ['13912345678']],
  ])
})

it('a row with a value too many is rejected: the values behind it are in the wrong columns', async () => {
  const done = await take(row('1', { name: 'n' }).replace(',A,', ',A, large,'), `${row('2')},,`)
  expect(await errorsOf(done.id)).toEqual(['1 TOO_MANY_COLUMNS 1'])
  expect(await stored()).toEqual(['2 100 a v1'])
})

it('an order of more than 2,000 rows is rejected whole, and stops no other', async () => {
  const done = await take(...Array.from({ length: 2_001 }, () => row('1')), row('2'))
  expect(done).toMatchObject({ orders: 1, ordersWaiting: 1 })
  expect(new Set((await errorsOf(done.id)).map((error) => error.split(' ')[1]))).toEqual(new Set(['ORDER_TOO_LONG']))
  expect(await errorsOf(done.id)).toHaveLength(2_001)
})

it('nothing of a file that is not the announced one is stored; rows of a file that never becomes whole are forgotten', async () => {
  const id = await start(fileOf(row('1')))
  const other = fileOf(row('1', { name: '王私密' }), row('2', { q: 'x' }))
  await expect(receiveOrderFile(seed.worker, seed.tenant, id, Readable.from([other]))).rejects.toMatchObject({ code: 'INVALID' })
  expect(await stored()).toEqual([])
  await seed.test.owner.query("UPDATE import_rows SET created_at = now() - interval '15 days' WHERE tenant_id = $1", [seed.tenant])
  seed.work([forgetStaged])
  await eventually(async () => {
    const { rows } = await seed.test.owner.query('SELECT rows_done FROM order_imports WHERE id = $1', [id])
    expect(rows).toEqual([{ rows_done: 0 }])
  })
  expect(await errorsOf(id)).toEqual([])
  await receiveOrderFile(seed.worker, seed.tenant, id, Readable.from([fileOf(row('1'))]))
  expect(await stored()).toEqual(['1 100 a v1'])
})
