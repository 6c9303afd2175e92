import type { Admission } from '@renmai/platform/overload/admission'
import { AppError } from '@renmai/platform/serve/errors'
import type { Log } from '@renmai/platform/serve/log'
import type { Authenticate, Caller } from '../callers/authenticate.ts'
import type { Usage } from '../callers/usage.ts'
import type { Budget } from '../cost/budget.ts'
import type { ChooseDocument } from '../documents/choose-document.ts'
import type { Supergraph } from '../supergraph/supergraph.ts'

/** The dependencies of a GraphQL endpoint. */
export type Serving = {
  path: string
  /** Whether partners may use this endpoint: they must not see any part that is not public. */
  isPublic: boolean
  current: () => Supergraph
  authenticate: Authenticate
  chooseDocument: ChooseDocument
  admission: Admission
  budget: Budget
  usage: Usage
  log: Log
}

/** @throws AppError FORBIDDEN for a partner where more than the public schema is served */
export function admitToSchema({ isPublic }: Serving, caller: Caller): Caller {
  if (caller.isPartner && !isPublic) throw new AppError('FORBIDDEN', 'Use /public/graphql')
  return caller
}

/** A URL is stored in logs, histories and referrers. */
export function refuseKeyInUrl(url: string): void {
  if (/[?&](access_token|api_?key|key|token)=|rm_[a-z]+_/i.test(url))
    throw new AppError('INVALID', 'Send the credential as Authorization: Bearer; replace this one, since URLs are logged')
}
