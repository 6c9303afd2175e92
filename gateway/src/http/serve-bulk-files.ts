import { Readable } from 'node:stream'
import { ask } from '@renmai/platform/events/ask'
import type { Bus } from '@renmai/platform/events/bus'
import type { Http } from '@renmai/platform/serve/http'
import { AnalyticsService } from '@renmai/proto/analytics/v1/analytics_service'

type Path = { tenantId: string; file: string }

const NAME = /^([0-9a-f-]{36})\.jsonl$/

/**
 * Serves the files of bulk operations to the holders of signed links. A file is read part by part, so neither this process nor the
 * owner holds a whole file in memory. When a part cannot be read, the connection is ended, so that no client mistakes a part for the whole.
 */
export function serveBulkFiles(http: Http, bus: Bus): void {
  // Each download is audited. A HEAD request is not supported, since it would be audited as a download.
  const options = { exposeHeadRoute: false }
  http.get<{ Params: Path; Querystring: { ticket?: string } }>('/bulk/:tenantId/:file', options, async ({ params, query }, reply) => {
    const operationId = NAME.exec(params.file)?.[1] ?? ''
    const read = (part: number) =>
      ask(bus, AnalyticsService.method.readBulkFile, { tenantId: params.tenantId, operationId, ticket: String(query.ticket ?? ''), part })
    const first = await read(0)
    async function* linesOf() {
      yield first.lines
      for (let part = 1; part < first.parts; part++) yield (await read(part)).lines
    }
    return reply
      .headers({
        'content-type': 'application/jsonl; charset=utf-8',
        'content-disposition': `attachment; filename="${operationId}.jsonl"`,
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      })
      .send(Readable.from(linesOf()))
  })
}
