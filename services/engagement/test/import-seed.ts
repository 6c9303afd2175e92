import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { key } from '@renmai/platform/testing/viewers'
import { receiveOrderFile } from '../src/imports/receive-order-file.ts'
import { startOrderImport } from '../src/imports/start-order-import.ts'
import type { engagementSeed } from './seed.ts'

const COLUMNS = { orderNo: 'no', sku: 'sku', title: 'title', quantity: 'q', unitPrice: 'p', occurredAt: 'at', customerId: 'c' }
export const MAPPING = { ...COLUMNS, refundPrefix: 'C', phone: 'ph', email: 'em', name: 'name' }
const HEADER = 'no,sku,title,q,p,at,c,ph,em,name'

/** A row of an order file. */
export const row = (no: string, change: Partial<Record<'sku' | 'q' | 'p' | 'at' | 'c' | 'ph' | 'em' | 'name', string>> = {}) => {
  const { sku, q, p, at, c, ph, em, name } = {
    sku: 'a',
    q: '1',
    p: '1.00',
    at: '2026-01-01 10:00',
    c: '7',
    ph: '',
    em: '',
    name: '',
    ...change,
  }
  return [no, sku, 'A', q, p, at, c, ph, em, name].join(',')
}
export const fileOf = (...rows: string[]) => Buffer.from([HEADER, ...rows].join('\n'))

/** Order files of the account of a test. */
export function importSeed(seed: ReturnType<typeof engagementSeed>) {
  const state = { account: '' }
  /** Starts the import of a file. @returns its id */
  async function start(
    file: Buffer,
    change: { mapping?: typeof MAPPING; currency?: string; zone?: string; fileName?: string } = {},
  ): Promise<string> {
    const sha256 = createHash('sha256').update(file).digest('hex')
    const given = {
      idempotencyKey: key(),
      accountId: state.account,
      fileName: 'f.csv',
      sha256,
      mapping: MAPPING,
      currency: 'GBP',
      zone: 'Europe/London',
    }
    return (await startOrderImport(seed.contextOf(), { ...given, ...change })).id
  }
  async function take(...rows: string[]) {
    const file = fileOf(...rows)
    const id = await start(file)
    return receiveOrderFile(seed.worker, seed.tenant, id, Readable.from([file]))
  }
  const errorsOf = async (importId: string) =>
    (await seed.test.owner.query('SELECT row, reason, order_no FROM import_errors WHERE import_id = $1 ORDER BY row', [importId])).rows.map(
      (error) => `${error.row} ${error.reason} ${error.order_no}`,
    )
  const stored = async () => {
    const { rows } = await seed.test.owner.query(
      `SELECT o.order_no, o.total_minor::int AS total, o.version::int, array_agg(l.sku ORDER BY l.line) AS skus
     FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.tenant_id = $1 GROUP BY o.tenant_id, o.id ORDER BY o.order_no`,
      [seed.tenant],
    )
    return rows.map((one) => `${one.order_no} ${one.total} ${one.skus.join('')} v${one.version}`)
  }

  return Object.assign(state, { start, take, errorsOf, stored })
}
