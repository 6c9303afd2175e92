import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import { connectors } from '../connectors/connectors.ts'
import type { Context } from '../context.ts'
import type { ChannelKind } from '../gen/resolvers.ts'
import { channelAccounts } from './channel-account.table.ts'
import { sealCredentials } from './credentials.ts'
import { reachOf } from './reach.ts'

export const Name = z.string().min(1).max(100)
const Named = z.object({ idempotencyKey, name: Name })

/** The secret is in the first answer only; it is null for kinds that show none. */
export type Connected = { id: string; secret?: string | null }

/** Connects an account of a kind. Seals the credentials that its connector accepts with the secrets that it issues. */
export async function connectAccount(ctx: Context, kind: ChannelKind, raw: object): Promise<Connected> {
  const connector = connectors[kind]
  const input = parse(Named.extend(connector.credentials.shape), raw) as z.output<typeof Named> & Record<string, unknown>
  const { idempotencyKey: _key, name, ...given } = input
  connector.check?.(given, reachOf(ctx, kind))
  return mutate(ctx, { name: connector.mutation, scope: 'channels:write' }, input, async (tx) => {
    const credentials: Record<string, unknown> = { ...given, ...connector.issue?.() }
    const [tenantId, id] = [tx.tenantId, newId()]
    const externalId = connector.externalIdOf(credentials) ?? newId()
    const sealed = sealCredentials(ctx.keyRing, tenantId, id, credentials)
    const row = { tenantId, id, kind, name, externalId, credentials: sealed }
    // Only platforms whose callback is set by their API have work to do.
    const isDue = connector.provisions?.callback !== undefined
    await tx.insert(channelAccounts).values(isDue ? row : { ...row, nextAt: null })
    if (isDue) tx.work.add('channel_accounts')
    return { decided: { id }, once: { secret: connector.shown?.(credentials) ?? null }, targetId: id }
  })
}
