import { type Answer, answer } from '@renmai/platform/events/ask'
import { AppError, type ErrorCode } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import type { Caller } from '../callers/authenticate.ts'
import type { GoodDocument } from '../documents/documents.ts'
import { LIMITS } from '../documents/limits.ts'
import { errorsOf } from '../http/errors.ts'
import type { Serving } from '../http/serving.ts'
import type { Supergraph } from '../supergraph/supergraph.ts'
import type { ActFor } from './act-for.ts'
import { readable, type ServingOf, TRANSIENT } from './answer-subscriptions.ts'
import { AFTER, FIRST, PAGE, toPaged } from './to-paged.ts'

/** Lengths of a page, tried from the longest: a list that costs too much or is too large is read in shorter pages. */
const LENGTHS = [100, 50, 20, 10, 5, 2, 1]
/** The largest page that fits into one message of the bus, with room for its frame. */
const MAX_BYTES = 900 * 1024

type Prepared = GoodDocument & { supergraph: Supergraph; serving: Serving; caller: Caller; lengths: number[] }
type Page = { nodes?: unknown[] | null; pageInfo?: { hasNextPage: boolean; endCursor: string | null } } | null

/** Answers requests that read a whole list on behalf of a viewer. */
export function answerBulk(servingOf: ServingOf, actFor: ActFor): Answer[] {
  const prepareFor = async ({ tenantId, viewerKind, viewerId, document, scopes }: Asked) => {
    const caller = await actFor(tenantId, viewerKind === 'STAFF' ? 'STAFF' : 'CLIENT', viewerId, scopes)
    return readable(prepare(servingOf(caller), caller, document))
  }
  return [
    answer(GatewayService.method.checkBulkQuery, async (asked) => {
      await prepareFor(asked)
      return {}
    }),
    answer(GatewayService.method.readBulkPage, async (asked) => readPage(await prepareFor(asked), asked.after || null)),
  ]
}

type Asked = { tenantId: string; viewerKind: string; viewerId: string; document: string; scopes: string[] }

async function prepare(serving: Serving, caller: Caller, source: string): Promise<Prepared> {
  const supergraph = serving.current()
  const chosen = await serving.chooseDocument(caller, { query: source, hash: undefined }, supergraph.documents)
  const found = supergraph.documents.find(toPaged(chosen, supergraph.schema), caller.tenantId)
  const execution = { document: found.document, operationName: undefined, variables: {}, viewer: caller }
  const [refusal] = supergraph.refusals(execution)
  if (refusal) throw new AppError('FORBIDDEN', `query: ${refusal.message}`)
  const { atMost } = supergraph.costOf(found.document, undefined)
  const lengths = LENGTHS.filter((length) => atMost({ [FIRST!]: length, [AFTER!]: null }) <= LIMITS.cost)
  if (lengths.length === 0) throw new AppError('INVALID', 'query: one node costs too much; select shorter lists')
  serving.usage.note(caller, supergraph.touchedBy(found.document, undefined))
  return { ...found, supergraph, serving, caller, lengths }
}

async function readPage(prepared: Prepared, after: string | null) {
  for (const length of prepared.lengths) {
    const page = await execute(prepared, length, after)
    const nodes = (page?.nodes ?? []).filter((node) => node !== null)
    const lines = nodes.map((node) => `${JSON.stringify(node)}\n`).join('')
    if (Buffer.byteLength(lines) > MAX_BYTES) continue
    return { lines, nodes: nodes.length, next: page?.pageInfo?.hasNextPage ? (page.pageInfo.endCursor ?? '') : '' }
  }
  throw new AppError('INVALID', `One node has more than ${MAX_BYTES} bytes; select less`)
}

async function execute(
  { document, queryHash, supergraph, serving, caller }: Prepared,
  length: number,
  after: string | null,
): Promise<Page> {
  const asked = { tenantId: caller.tenantId, priority: 'EXPORT', kind: queryHash } as const
  const variables = { [FIRST!]: length, [AFTER!]: after }
  const { data, errors } = await serving.admission.admit(asked, () =>
    supergraph.execute({ document, operationName: undefined, variables, viewer: caller }),
  )
  const [error] = errorsOf(errors, serving.log, newId()).errors ?? []
  // A file with an undeclared gap is worse than no file.
  if (error) throw asAppError(String(error.extensions?.code), error.message)
  return (data?.[PAGE!] ?? null) as Page
}

function asAppError(code: string, message: string): AppError {
  if (TRANSIENT.has(code)) return new AppError('UNAVAILABLE', 'A part of this does not answer now')
  return new AppError(
    code === 'UNAUTHORIZED_FIELD_OR_TYPE' ? 'FORBIDDEN' : code === 'BAD_USER_INPUT' ? 'INVALID' : (code as ErrorCode),
    message,
  )
}
