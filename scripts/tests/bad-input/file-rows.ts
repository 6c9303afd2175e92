import { createHash } from 'node:crypto'
import { newId } from '@renmai/platform/serve/ids'
import { CSV_MAPPING } from '../../demo/people.ts'
import { type Answered, ask, call, type Row, type Stage, times } from './row.ts'

const HEADER = 'order_no,sku,title,quantity,time,price,member,phone,email,name'
const LINE = 'E1,a,A,1,2026-01-01 10:00:00,9.90,m1,,,'

/** Announces a file and sends it. @returns the answer of the step that refused it, else of the import */
export async function upload(
  stage: Stage,
  file: string | Buffer,
  change: { name?: string; announced?: string; mapping?: object; ticket?: (url: string) => string } = {},
): Promise<Answered> {
  const { name = 'orders.csv', announced, mapping = CSV_MAPPING, ticket = (url) => url } = change
  const sha256 = announced ?? createHash('sha256').update(file).digest('hex')
  const started = await ask(stage, 'mutation S($input: StartOrderImportInput!) { startOrderImport(input: $input) { uploadPath } }', {
    input: { idempotencyKey: newId(), accountId: stage.source.id, fileName: name, sha256, mapping, currency: 'CNY', zone: 'Asia/Shanghai' },
  })
  const { data } = JSON.parse(started.text) as { data?: { startOrderImport?: { uploadPath: string } } | null }
  const path = data?.startOrderImport?.uploadPath
  if (!path) return started
  return call(ticket(stage.whole.client.endpoints.intake + path), { method: 'PUT', headers: { 'content-type': 'text/csv' }, body: file })
}

const refused = { status: [200, 400], code: /INVALID|BAD_USER_INPUT/ }
const taken = { status: 200, code: /^$/ }
export const csv = (...lines: string[]) => [HEADER, ...lines].join('\n')

export const fileRows: Row[] = [
  { id: 'H', what: 'a good file', send: (s) => upload(s, csv(LINE)), ...taken },
  {
    id: 'H1',
    what: 'cells that a spreadsheet would run',
    send: (s) => upload(s, csv('=1+1,@a,"=HYPERLINK(""x"")",1,2026-01-01 10:00:00,1,+m,,,-x')),
    ...taken,
  },
  {
    id: 'H2',
    what: 'quotes and line ends inside fields',
    send: (s) => upload(s, csv('E2,a,"a ""quoted""\nname",1,2026-01-01 10:00:00,1,m1,,,')),
    ...taken,
  },
  { id: 'H2', what: 'a quote that is never closed', send: (s) => upload(s, csv('E3,a,"never')), ...taken },
  {
    id: 'H2',
    what: 'a field of 10 MB',
    send: (s) => upload(s, csv(`E4,a,"${'x'.repeat(10 * 1024 ** 2)}",1,2026-01-01 10:00:00,1,m1,,,`)),
    // Its row is refused by name, and the file is taken.
    status: [200, 400],
    code: /^$|INVALID|BAD_USER_INPUT/,
  },
  { id: 'H2', what: 'NUL in a field', send: (s) => upload(s, csv('E5,a,b\u0000c,1,2026-01-01 10:00:00,1,m1,,,')), status: [200, 400] },
  { id: 'H3', what: 'UTF-16', send: (s) => upload(s, Buffer.from(csv(LINE), 'utf16le')), ...refused },
  {
    id: 'H3',
    what: 'GBK',
    send: (s) =>
      upload(
        s,
        Buffer.concat([
          Buffer.from(`${HEADER}\nE6,a,`),
          Buffer.from([0xc4, 0xe3, 0xba, 0xc3]),
          Buffer.from(',1,2026-01-01 10:00:00,1,m1,,,'),
        ]),
      ),
    ...refused,
  },
  { id: 'H3', what: 'a byte order mark', send: (s) => upload(s, `\ufeff${csv('E7,a,A,1,2026-01-01 10:00:00,1,m1,,,')}`), ...taken },
  {
    id: 'H3',
    what: 'both line ends',
    send: (s) => upload(s, `${HEADER}\r\nE8,a,A,1,2026-01-01 10:00:00,1,m1,,,\nE9,a,A,1,2026-01-01 10:00:00,1,m1,,,\r\n`),
    ...taken,
  },
  { id: 'H4', what: 'a header twice', send: (s) => upload(s, `${HEADER},sku\n${LINE},x`), ...refused },
  { id: 'H4', what: 'a missing header', send: (s) => upload(s, `${HEADER.replace('sku,', '')}\n${LINE}`), ...refused },
  {
    id: 'H4',
    what: '5,000 columns',
    send: (s) => upload(s, `${HEADER},${times(5_000, (no) => `c${no}`, ',')}\n${LINE}`),
    status: [200, 400],
  },
  { id: 'H4', what: 'an empty file', send: (s) => upload(s, ''), ...refused },
  {
    id: 'H8',
    what: 'bad phones and numbers',
    send: (s) =>
      upload(
        s,
        csv(
          'F1,a,A,x,2026-01-01 10:00:00,1,m1,call me,,',
          'F2,a,A,1,2026-02-30 10:00:00,1,m1,,,',
          `F3,a,A,1,2026-01-01 10:00:00,1,m1,${'1'.repeat(50)},,`,
        ),
      ),
    ...taken,
  },
  {
    id: 'H10',
    what: 'a file name with line ends, quotes and a path',
    send: (s) => upload(s, csv('F4,a,A,1,2026-01-01 10:00:00,1,m1,,,'), { name: '../../"x\r\ny.csv' }),
    status: [200, 400],
  },
  {
    id: 'H10',
    what: 'a file name of 3,000 characters',
    send: (s) => upload(s, csv('F5,a,A,1,2026-01-01 10:00:00,1,m1,,,'), { name: 'x'.repeat(3_000) }),
    ...refused,
  },
  {
    id: 'H13',
    what: 'a guessed ticket',
    send: (s) =>
      upload(s, csv('F6,a,A,1,2026-01-01 10:00:00,1,m1,,,'), { ticket: (url) => url.replace(/ticket=.*/, 'ticket=9999999999999.AAAA') }),
    status: 404,
  },
  {
    id: 'H13',
    what: 'a ticket for another import',
    send: (s) =>
      upload(s, csv('F7,a,A,1,2026-01-01 10:00:00,1,m1,,,'), {
        ticket: (url) => url.replace(/imports\/([^/]+)\/[^?]+/, `imports/$1/${newId()}`),
      }),
    status: 404,
  },
  {
    id: 'H13',
    what: 'another file than was announced',
    send: (s) => upload(s, csv('F8,a,A,1,2026-01-01 10:00:00,1,m1,,,'), { announced: 'a'.repeat(64) }),
    ...refused,
  },
  {
    id: 'H4',
    what: 'a mapping to a formula',
    send: (s) => upload(s, csv('F9,a,A,1,2026-01-01 10:00:00,1,m1,,,'), { mapping: { ...CSV_MAPPING, sku: '=1+1' } }),
    ...refused,
  },
]
