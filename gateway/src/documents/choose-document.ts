import { AppError } from '@renmai/platform/serve/errors'
import type { Log } from '@renmai/platform/serve/log'
import { meter } from '@renmai/platform/serve/meter'
import { GraphQLError } from 'graphql'
import type { Caller } from '../callers/authenticate.ts'
import type { Params } from '../http/read-params.ts'
import { DocumentError, type Documents, hashOf } from './documents.ts'
import type { FindTrusted } from './find-trusted.ts'

/** How unpublished documents are treated: answered, answered and counted, or refused. */
export type TrustMode = 'off' | 'report' | 'enforce'
export type TrustModes = { staff: TrustMode; own: TrustMode; partner: TrustMode }

/** Finds the text of the document that a caller requests. */
export type ChooseDocument = (caller: Caller, params: Pick<Params, 'query' | 'hash'>, documents: Documents) => Promise<string>

const MAX_REPORTED = 1_000

const untrusted = meter.createCounter('renmai_untrusted_documents', {
  description: 'Requested documents that the tenant has not published, by class of client',
})

/**
 * A document comes as text, by the hash of a document that the tenant trusts, or by the hash of a document that was recently sent
 * as text (automatic persisted queries). For a class of clients that is limited to trusted documents, no other is answered.
 */
export function createChooseDocument(findTrusted: FindTrusted, modes: TrustModes, log: Log): ChooseDocument {
  const reported = new Set<string>()
  const report = (caller: Caller, kind: string, hash: string) => {
    untrusted.add(1, { class: kind })
    if (reported.has(hash) || reported.size >= MAX_REPORTED) return
    reported.add(hash)
    log.warn({ hash, class: kind, caller: caller.id }, 'a document is not published')
  }
  return async (caller, { query, hash }, documents) => {
    if (query && hash && hash !== hashOf(query)) throw new AppError('INVALID', 'The hash is not that of the query')
    const kind = caller.isPartner ? 'partner' : caller.kind === 'STAFF' ? 'staff' : 'own'
    const mode = modes[kind]
    if (query && mode === 'off') return query
    const wanted = hash ?? hashOf(query!)
    const trusted = await findTrusted(caller, wanted)
    if (trusted) return trusted
    if (mode === 'enforce') throw refuse('DOCUMENT_NOT_TRUSTED', 'Only published documents are answered; publish this one first')
    if (mode === 'report') report(caller, kind, wanted)
    const source = query ?? documents.sourceOf(wanted)
    if (!source) throw refuse('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound')
    return source
  }
}

const refuse = (code: string, message: string) => new DocumentError([new GraphQLError(message, { extensions: { code } })])
