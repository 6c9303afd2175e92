import { createHash, randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { newId } from '@renmai/platform/serve/ids'
import { CSV_MAPPING } from '../../../demo/people.ts'
import { csv } from '../../bad-input/file-rows.ts'
import { type Answered, call, type Row, type Stage } from '../../bad-input/row.ts'
import { write } from '../../bad-input/stage.ts'
import { read } from './tools.ts'

type Started = { import: { id: string }; uploadPath: string; errorFilePath: string }

/** Announces a file of orders. */
export const start = ({ whole, key, source }: Stage, file: string | Buffer, more: object = {}): Promise<Started> =>
  write<Started>(whole, key, 'startOrderImport', 'StartOrderImportInput', 'import { id } uploadPath errorFilePath', {
    accountId: source.id,
    fileName: 'orders.csv',
    sha256: createHash('sha256').update(file).digest('hex'),
    mapping: CSV_MAPPING,
    currency: 'CNY',
    zone: 'Asia/Shanghai',
    ...more,
  })

export const put = ({ whole }: Stage, path: string, file: string | Buffer, type = 'text/csv', headers: Record<string, string> = {}) =>
  call(whole.client.endpoints.intake + path, { method: 'PUT', headers: { 'content-type': type, ...headers }, body: file })

/** Imports a file. @returns its rejected rows: the error file, as a spreadsheet would open it */
async function rejected(s: Stage, file: string | Buffer): Promise<Answered> {
  const { uploadPath, errorFilePath } = await start(s, file)
  const sent = await put(s, uploadPath, file)
  if (sent.status !== 200) return sent
  return read(await call(s.whole.client.endpoints.intake + errorFilePath, { method: 'GET' }))
}

const no = () => newId().slice(-12)
/** A line of an order, valid except for the given changes. */
const line = (change: Partial<Record<'no' | 'title' | 'quantity' | 'time' | 'price' | 'member' | 'name', string>> = {}) => {
  const { quantity = '1', time = '2026-01-01 10:00:00', price = '9.90' } = change
  return `${change.no ?? no()},a,${change.title ?? 'A'},${quantity},${time},${price},${change.member ?? ''},,,${change.name ?? ''}`
}

/** Two good lines around one that cannot be stored, which is rejected alone and with its reason. */
const alone = (id: number, what: string, bad: () => string, reason: string): Row => ({
  id: `file ${id}`,
  what: `a row with ${what} among good ones`,
  send: (s) => rejected(s, csv(line(), bad(), line())),
  status: 200,
  code: new RegExp(`^row,reason,fields\\n2,${reason},[^\\n]*\\n$`),
})

/** Cells that a spreadsheet would execute; the answer has an apostrophe before them. */
const formula = (id: number, begin: string): Row => ({
  id: `file ${id}`,
  what: `a rejected cell that begins with ${JSON.stringify(begin)} is no formula`,
  send: (s) => rejected(s, csv(line({ quantity: 'x', name: `"${begin}1+1|cmd"` }))),
  status: 200,
  code: new RegExp(`,"?'${begin.replace(/[+]/, '\\+')}1\\+1\\|cmd`),
})

/** A good file, sent with another content type or encoding. */
const sentAs = (id: number, type: string, status: number | number[], headers: Record<string, string> = {}): Row => ({
  id: `file ${id}`,
  what: `a file as ${type} ${Object.values(headers).join()}`.trimEnd(),
  send: async (s) => {
    const file = csv(line())
    return put(s, (await start(s, file)).uploadPath, file, type, headers)
  },
  status,
})

const bytes = (id: number, what: string, file: () => Buffer | string): Row => ({
  id: `file ${id}`,
  what,
  send: async (s) => {
    const content = file()
    return put(s, (await start(s, content)).uploadPath, content)
  },
  status: 400,
  code: /^INVALID$/,
})

const changed = (id: number, what: string, change: (path: string) => string, status = 404): Row => ({
  id: `file ${id}`,
  what,
  send: async (s) => put(s, change((await start(s, csv(line()))).uploadPath), csv(line())),
  status,
  code: status === 404 ? /^NOT_FOUND$/ : /^INVALID$/,
})

const SECRET = '张机密先生'
const ZIP = Buffer.concat([Buffer.from('PK\u0003\u0004'), randomBytes(2_000)])

export const importRows: Row[] = [
  alone(1, 'NUL', () => line({ title: 'a\u0000b' }), 'TEXT_NOT_STORABLE'),
  alone(2, 'an amount that no number holds', () => line({ price: '999999999999', quantity: '999999999' }), 'AMOUNT_TOO_LARGE'),
  alone(3, 'a quantity of many digits', () => line({ quantity: '9'.repeat(400) }), 'QUANTITY_NOT_AN_INTEGER'),
  alone(4, 'a time of the year 0000', () => line({ time: '0000-01-01 10:00:00' }), 'TOO_OLD'),
  alone(5, 'a time of the year 0001', () => line({ time: '0001-01-01 10:00:00' }), 'TOO_OLD'),
  alone(6, 'a time of the year 9999', () => line({ time: '9999-12-31 23:59:59' }), 'IN_THE_FUTURE'),
  alone(7, 'a price in exponents', () => line({ price: '1e308' }), 'PRICE_NOT_A_DECIMAL'),
  alone(8, 'a price that is none', () => line({ price: 'NaN' }), 'PRICE_NOT_A_DECIMAL'),
  alone(9, 'a customer of 1,000 characters', () => line({ member: 'm'.repeat(1_000) }), 'TEXT_TOO_LONG'),
  ...['=', '+', '-', '@', '\t', '＝', '＋', '－', '＠'].map((begin, at) => formula(20 + at, begin)),
  {
    id: 'file 30',
    what: 'a rejected cell that begins with a carriage return begins with a line break, which is no formula',
    send: (s) => rejected(s, csv(line({ quantity: 'x', name: '"\r=1+1|cmd"' }))),
    status: 200,
    code: /,"\n=1\+1\|cmd"/,
  },
  sentAs(40, 'text/csv', 200),
  sentAs(41, 'application/octet-stream', 200),
  ...['text/plain', 'application/json', 'application/xml'].map((type, at) => sentAs(42 + at, type, 400)),
  ...['multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'application/zip', 'text/html'].map((type, at) =>
    sentAs(45 + at, type, 415),
  ),
  bytes(60, 'a spreadsheet', () => ZIP),
  bytes(61, 'a compressed file', () => gzipSync(csv(line()))),
  bytes(62, 'bytes of no text', () => randomBytes(10_000)),
  {
    id: 'file 63',
    what: 'a quote within a cell, as people type it, of which the answer repeats nothing',
    send: async (s) => {
      const file = csv(line({ name: `${SECRET}"x` }))
      return read(await put(s, (await start(s, file)).uploadPath, file))
    },
    status: 200,
    code: new RegExp(`^(?!.*${SECRET}).*"state":"COMPLETED".*"orders":1`),
  },
  changed(80, 'an upload with the ticket twice', (path) => `${path}&ticket=b`, 400),
  changed(81, 'an upload with a ticket that is a list', (path) => path.replace('ticket=', 'ticket[]=')),
  changed(82, 'an upload without a ticket', (path) => path.replace(/\?.*/, '')),
  changed(83, 'an upload for a tenant in upper case', (path) => path.replace(/[^/]+(?=\/[^/]+$)/, (tenant) => tenant.toUpperCase())),
  changed(84, 'an upload with a ticket of later', (path) => path.replace(/\.(\d{13})\./, (_all, at: string) => `.${Number(at) + 1}.`)),
  changed(85, 'an upload with the ticket of another holder', (path) => path.replace(/CLIENT|STAFF/, 'OTHER')),
  changed(86, 'an upload to a path above', (path) => path.replace('/v1/imports', '/v1/imports/../imports/..')),
]
