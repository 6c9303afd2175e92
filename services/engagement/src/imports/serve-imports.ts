import type { Readable } from 'node:stream'
import { withTenant } from '@renmai/platform/db/db'
import { open } from '@renmai/platform/secrets/crypto'
import { AppError } from '@renmai/platform/serve/errors'
import type { Http } from '@renmai/platform/serve/http'
import { stringify } from 'csv-stringify'
import { and, asc, eq, gt } from 'drizzle-orm'
import type { Deps } from '../context.ts'
import { KEEP_REJECTED_DAYS, rejectedPlace } from './forget-rejected.ts'
import { holdImport } from './hold-import.ts'
import { importErrors } from './import.table.ts'
import { readImport, receiveOrderFile } from './receive-order-file.ts'
import { requireTicket } from './ticket.ts'

type FileParams = { tenantId: string; importId: string }

const ERROR_PAGE = 1_000
const FORGOTTEN = `forgotten after ${KEEP_REJECTED_DAYS} days`

/** Routes that receive an import's file and return its rejected rows, each for a ticket of that import. */
export function serveImports(http: Http, deps: Deps, silentMs: number | undefined): void {
  http.put<{ Params: FileParams; Querystring: { ticket?: string }; Body: Readable }>(
    '/v1/imports/:tenantId/:importId',
    { bodyLimit: 10 * 1024 ** 3 },
    async ({ params: { tenantId, importId }, query, body }, reply) => {
      // A file that is refused early is still being sent; a second request must not follow on the same connection.
      reply.header('connection', 'close')
      await requireTicket(deps, { tenantId, importId }, query.ticket ?? '')
      if (typeof body?.pipe !== 'function') throw new AppError('INVALID', 'Send the file as text/csv')
      const { state, rowsDone, orders, refunds } = await holdImport(deps, tenantId, importId, () =>
        deps.admission.admit({ tenantId, priority: 'EXPORT', kind: 'import' }, () =>
          receiveOrderFile(deps, tenantId, importId, body, silentMs),
        ),
      )
      return { state, rowsDone, orders, refunds }
    },
  )
  http.get<{ Params: FileParams; Querystring: { ticket?: string } }>(
    '/v1/imports/:tenantId/:importId/errors.csv',
    async ({ params: { tenantId, importId }, query }, reply) => {
      await requireTicket(deps, { tenantId, importId }, query.ticket ?? '')
      await readImport(deps, tenantId, importId)
      const csv = stringify({ escape_formulas: true })
      void writeErrors(deps, tenantId, importId, csv).catch((error) => csv.destroy(error))
      return reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="errors.csv"').send(csv)
    },
  )
}

/** Row, reason and the fields as received; cells that a spreadsheet would run as formulas are escaped. */
async function writeErrors({ db, keyRing }: Deps, tenantId: string, importId: string, csv: ReturnType<typeof stringify>): Promise<void> {
  csv.write(['row', 'reason', 'fields'])
  for (let last = 0; ; ) {
    const page = await withTenant(db, tenantId, (tx) =>
      tx
        .select()
        .from(importErrors)
        .where(and(eq(importErrors.tenantId, tenantId), eq(importErrors.importId, importId), gt(importErrors.row, last)))
        .orderBy(asc(importErrors.row))
        .limit(ERROR_PAGE),
    )
    for (const { row, reason, fields } of page) {
      const cells = fields ? (JSON.parse(open(keyRing, tenantId, rejectedPlace(importId, row), fields)) as string[]) : [FORGOTTEN]
      csv.write([row, reason, ...cells])
    }
    if (page.length < ERROR_PAGE) return void csv.end()
    last = page.at(-1)!.row
  }
}
