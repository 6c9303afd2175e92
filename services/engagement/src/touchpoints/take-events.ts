import { AppError } from '@renmai/platform/serve/errors'
import { isId } from '@renmai/platform/serve/ids'
import { requireScope } from '@renmai/platform/serve/viewer'
import { knownAccount, noteUse, requireInUse } from '../channels/channel.ts'
import type { Context } from '../context.ts'
import type { IngestEventsInput } from '../gen/resolvers.ts'
import { type IngestAnswer, ingestEvents } from './ingest-events.ts'
import { touchpointFailure } from './touchpoint.failures.ts'

/**
 * Stores the events that a client sends for a source.
 * @throws AppError NOT_FOUND (accountId) when the tenant has no such source; the error of requireInUse for one that is disabled
 */
export async function takeEvents(ctx: Context, { accountId, events }: IngestEventsInput): Promise<IngestAnswer> {
  requireScope(ctx.viewer, 'events:write')
  const { tenantId } = ctx.viewer
  const unknown = touchpointFailure('EVENT_SOURCE_NOT_FOUND', 'accountId')
  if (!isId(accountId)) throw unknown
  const account = await knownAccount(ctx, tenantId, accountId, 'EVENT_API').catch((error) => {
    throw error instanceof AppError && error.code === 'NOT_FOUND' ? unknown : error
  })
  requireInUse(account)
  const answer = await ingestEvents(ctx, tenantId, { id: account.id, channel: account.credentials.channel }, events)
  noteUse(ctx, account, 'lastReceivedAt')
  return answer
}
